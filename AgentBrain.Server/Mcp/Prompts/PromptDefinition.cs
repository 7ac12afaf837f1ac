using System.Collections.Immutable;

namespace AgentBrain.Server.Mcp.Prompts;

/// <summary>How a prompt presents itself.</summary>
/// <param name="Name">The name by which it is asked for.</param>
/// <param name="Title">The name that people see.</param>
/// <param name="Description">What it has the model do.</param>
/// <param name="Arguments">What it takes.</param>
internal sealed record PromptDefinition(string Name, string Title, string Description, ImmutableArray<PromptParameter> Arguments);

/// <summary>An argument of a prompt.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is.</param>
/// <param name="IsRequired">True if it must be given.</param>
internal sealed record PromptParameter(string Name, string Description, bool IsRequired = false);
