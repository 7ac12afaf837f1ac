using AgentBrain.Server.Authorization;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Hosting;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentBrain.Server.Tests.Authorization;

public sealed class ScopeTableCheckTests
{
    [Theory]
    [InlineData("query_count", true, false, true, false, null)]
    [InlineData("remove_folder", false, true, true, false, null)]
    [InlineData("index_folder", false, false, true, true, null)]
    [InlineData("wait_for_job", true, false, true, false, null)]
    [InlineData("format_disk", false, true, true, false, "not in the scope table")]
    [InlineData("Query_count", true, false, true, false, "not in the scope table")]
    [InlineData("query_count", false, false, true, false, "readOnlyHint contradicts")]
    [InlineData("index_folder", true, false, true, false, "readOnlyHint contradicts")]
    [InlineData("remove_folder", false, false, true, false, "destructiveHint contradicts")]
    [InlineData("index_folder", false, true, true, false, "destructiveHint contradicts")]
    [InlineData("query_count", null, false, true, false, "all four")]
    [InlineData("query_count", true, null, true, false, "all four")]
    [InlineData("query_count", true, false, null, false, "all four")]
    [InlineData("query_count", true, false, true, null, "all four")]
    public void A_tool_that_contradicts_the_table_stops_the_start(string name, bool? readOnly, bool? destructive, bool? idempotent, bool? openWorld, string? complaint)
    {
        var tool = McpServerTool.Create(() => "", new McpServerToolCreateOptions { Name = name });
        tool.ProtocolTool.Annotations = new ToolAnnotations { ReadOnlyHint = readOnly, DestructiveHint = destructive, IdempotentHint = idempotent, OpenWorldHint = openWorld };
        var options = new McpServerOptions { ToolCollection = [tool] };

        var exception = Record.Exception(() => ScopeTableCheck.Run(options));

        Assert.Equal(complaint is null, exception is null);
        if (complaint is not null)
            Assert.Contains(complaint, Assert.IsType<ConfigurationException>(exception).Message);
    }

    [Fact]
    public void A_server_with_a_tool_outside_the_table_does_not_start_and_gives_its_directory_back()
    {
        var folder = Directory.CreateTempSubdirectory("brain-test-").FullName;
        var arguments = TestBrain.Arguments("none", folder);

        Assert.Throws<ConfigurationException>(() => AgentBrainHost.Create(
            arguments,
            mcp => mcp.Services.AddSingleton(McpServerTool.Create(() => "", new McpServerToolCreateOptions { Name = "format_disk" }))));

        using (DataDirectory.Open(Path.Combine(folder, "data")))
        {
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_handler_for_all_tools_stops_the_start()
    {
        var options = new McpServerOptions();
        options.Handlers.CallToolHandler = (_, _) => ValueTask.FromResult(new CallToolResult());

        Assert.Throws<ConfigurationException>(() => ScopeTableCheck.Run(options));
    }

    [Fact]
    public void A_handler_for_a_notification_outside_the_table_stops_the_start()
    {
        var options = new McpServerOptions();
        options.Handlers.NotificationHandlers = [new("notifications/tasks/status", (_, _) => default)];

        Assert.Throws<ConfigurationException>(() => ScopeTableCheck.Run(options));
    }
}
