using System.Text.Json;

namespace AgentBrain.Server.Authorization;

/// <summary>The message of a POST request, as the pipeline read it; a feature of the request.</summary>
/// <param name="Operation">What decides about it.</param>
/// <param name="Id">Its id, echoed in a refusal; <c>null</c> for notifications.</param>
internal sealed record RequestMessage(Operation Operation, JsonElement? Id);
