using AgentBrain.Server.Brains;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace AgentBrain.Server.Tests;

/// <summary>The walls between the parts of the server, read from what was compiled.</summary>
public sealed class ArchitectureTests
{
    private static readonly Architecture Server = new ArchLoader().LoadAssemblyIncludingDependencies(typeof(BrainCatalog).Assembly).Build();

    [Theory]
    [InlineData("AgentBrain.Server.Brains", "Microsoft.AspNetCore")]
    [InlineData("AgentBrain.Server.Brains", "ModelContextProtocol")]
    [InlineData("AgentBrain.Server.Brains", "AgentBrain.Server.Mcp")]
    [InlineData("AgentBrain.Server.Brains", "AgentBrain.Server.Authorization")]
    [InlineData("AgentBrain.Server.Brains", "AgentBrain.Server.Configuration")]
    [InlineData("AgentBrain.Server.Brains", "AgentBrain.Server.Hosting")]
    [InlineData("AgentBrain.Server.Mcp", "Microsoft.AspNetCore")]
    [InlineData("AgentBrain.Server.Mcp", "Microsoft.Data.Sqlite")]
    [InlineData("AgentBrain.Server.Mcp", "AgentBrain.Server.Hosting")]
    [InlineData("AgentBrain.Server.Mcp", "AgentBrain.Server.Authorization")]
    [InlineData("AgentBrain.Server.Mcp", "AgentBrain.Server.Brains.Storage")]
    [InlineData("AgentBrain.Server.Authorization", "AgentBrain.Server.Brains.Storage")]
    [InlineData("AgentBrain.Server.Authorization", "AgentBrain.Server.Brains.Search")]
    [InlineData("AgentBrain.Server.Authorization", "AgentBrain.Server.Brains.Indexing")]
    [InlineData("AgentBrain.Server.Authorization", "AgentBrain.Server.Brains.Files")]
    [InlineData("AgentBrain.Server.Authorization", "AgentBrain.Server.Mcp")]
    [InlineData("AgentBrain.Server.Authorization", "AgentBrain.Server.AuthorizationServer")]
    [InlineData("AgentBrain.Server.AuthorizationServer", "AgentBrain.Server.Brains")]
    [InlineData("AgentBrain.Server.AuthorizationServer", "AgentBrain.Server.Mcp")]
    [InlineData("AgentBrain.Server.AuthorizationServer", "AgentBrain.Server.Hosting")]
    [InlineData("AgentBrain.Server.Configuration", "AgentBrain.Server.Authorization")]
    [InlineData("AgentBrain.Server.Configuration", "AgentBrain.Server.Mcp")]
    public void A_part_does_not_know_what_it_must_not(string part, string unknown)
    {
        var types = Server.Types.Where(type => Within(type, part)).ToList();

        // A part that was renamed would pass for ever.
        Assert.NotEmpty(types);
        var crossings = types
            .SelectMany(type => type.Dependencies.Where(dependency => Within(dependency.Target, unknown)).Select(dependency => $"{type.FullName} -> {dependency.Target.FullName}"))
            .Distinct(StringComparer.Ordinal);

        Assert.Equal("", string.Join("\n", crossings));
    }

    [Fact]
    public void The_walls_would_be_seen_if_they_were_crossed()
    {
        Assert.Contains(Server.Types, type => Within(type, "AgentBrain.Server.Hosting") && type.Dependencies.Any(dependency => Within(dependency.Target, "Microsoft.AspNetCore")));
        Assert.Contains(Server.Types, type => Within(type, "AgentBrain.Server.Mcp") && type.Dependencies.Any(dependency => Within(dependency.Target, "AgentBrain.Server.Brains")));
        Assert.Contains(Server.Types, type => Within(type, "AgentBrain.Server.Brains") && type.Dependencies.Any(dependency => Within(dependency.Target, "Microsoft.Data.Sqlite")));
    }

    [Fact]
    public void Nothing_but_the_composition_root_is_public()
    {
        var visible = typeof(BrainCatalog).Assembly.GetExportedTypes().Where(type => type.Name != "Program" && !IsWrittenByATool(type)).Select(type => type.FullName);

        Assert.Empty(visible);
    }

    /// <summary>Compilers of pages and writers of migrations know no other visibility.</summary>
    private static bool IsWrittenByATool(System.Type type) =>
        type.Name == "_Imports" || type.IsAssignableTo(typeof(Microsoft.AspNetCore.Components.IComponent)) || type.IsAssignableTo(typeof(Microsoft.EntityFrameworkCore.Migrations.Migration));

    private static bool Within(IType type, string part) =>
        // The loader puts some generic types of the runtime into a namespace of ours; their full name tells.
        type.FullName.StartsWith(part + ".", StringComparison.Ordinal);
}
