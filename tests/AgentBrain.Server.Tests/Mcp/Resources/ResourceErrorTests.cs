namespace AgentBrain.Server.Tests.Mcp.Resources;

public sealed class ResourceErrorTests : IDisposable
{
    private readonly SeededBrain _brain = new();

    public void Dispose() => _brain.Dispose();

    [Theory]
    [InlineData("chunk://", "missing_chunk_id")]
    [InlineData("chunk:///", "missing_chunk_id")]
    [InlineData("job://", "missing_job_id")]
    [InlineData("graph-entity://", "missing_type")]
    [InlineData("graph-entity:///Foo", "missing_type")]
    [InlineData("graph-entity://Class", "missing_id")]
    [InlineData("graph-entity://Class/", "missing_id")]
    [InlineData("graph-entity://Class//", "missing_id")]
    [InlineData("graph-entity://Planet/Mars", "unknown_entity_type")]
    [InlineData("file://", "missing_path")]
    [InlineData("file:///", "missing_path")]
    [InlineData("file:////", "missing_path")]
    public async Task A_malformed_URI_is_refused_by_name(string uri, string reason)
    {
        await using var client = new WireClient(_brain);

        var error = (await client.ReadResourceAsync(uri))["error"]!;

        Assert.Equal(-32602, error["code"]!.GetValue<int>());
        Assert.Equal(reason, error["data"]!["reason"]!.GetValue<string>());
        Assert.Equal(uri, error["data"]!["uri"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("graph-entity://Class/Foo.Bar")]
    [InlineData("graph-entity://class/Foo/Bar")]
    [InlineData("graph-entity://README/x")]
    public async Task A_graph_entity_is_well_formed_but_there_is_no_graph(string uri)
    {
        await using var client = new WireClient(_brain);

        var error = (await client.ReadResourceAsync(uri))["error"]!;

        Assert.Equal(-32001, error["code"]!.GetValue<int>());
        Assert.Equal("graph_not_available", error["data"]!["reason"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("test://nonexistent-resource")]
    [InlineData("corpus://nothing")]
    [InlineData("chunk://chunk_0000000000000000_0")]
    [InlineData("job://job_000000000000")]
    [InlineData("no uri at all")]
    [InlineData("")]
    public async Task What_is_not_there_is_an_invalid_parameter_that_names_the_URI(string uri)
    {
        await using var client = new WireClient(_brain);

        var error = (await client.ReadResourceAsync(uri))["error"]!;

        Assert.Equal(-32602, error["code"]!.GetValue<int>());
        Assert.Equal("not_found", error["data"]!["reason"]!.GetValue<string>());
        Assert.Equal(uri, error["data"]!["uri"]!.GetValue<string>());
    }

    [Fact]
    public async Task Older_revisions_have_a_code_of_their_own_for_what_is_not_there()
    {
        await using var client = await new WireClient(_brain).InitializeAsync();

        var missing = (await client.ReadResourceAsync("job://job_000000000000"))["error"]!;
        var malformed = (await client.ReadResourceAsync("job://"))["error"]!;

        Assert.Equal(-32002, missing["code"]!.GetValue<int>());
        Assert.Equal("job://job_000000000000", missing["data"]!["uri"]!.GetValue<string>());
        Assert.Equal(-32602, malformed["code"]!.GetValue<int>());
    }
}
