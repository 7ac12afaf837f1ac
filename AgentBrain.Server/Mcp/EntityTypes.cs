using System.Collections.Immutable;

namespace AgentBrain.Server.Mcp;

/// <summary>The types that entities of the graph can have: published with the template, though this version builds no graph.</summary>
internal static class EntityTypes
{
    /// <summary>All of them, in order.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        "APIDoc", "Class", "ConfigFile", "Database", "DesignDoc", "Endpoint", "Enum", "Function", "Interface", "Method", "Module", "PRD",
        "Package", "README", "Runbook", "Service", "UserDoc",
    ];
}
