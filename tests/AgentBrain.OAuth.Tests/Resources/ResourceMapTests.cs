using System.Text.Json;
using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Resources;

namespace AgentBrain.OAuth.Tests.Resources;

public sealed class ResourceMapTests
{
    private static readonly ResourceMap Map = new(["default", "docs"], "https://rs.example");

    [Fact]
    public void A_brain_has_one_path_one_URI_and_its_metadata_behind_the_well_known_path()
    {
        Assert.Equal(
            new ProtectedResource("docs", "/brains/docs/mcp", "https://rs.example/brains/docs/mcp", "https://rs.example/.well-known/oauth-protected-resource/brains/docs/mcp"),
            Map.Find("/brains/docs/mcp"));
        Assert.Equal("https://rs.example/mcp", Map.Of("default").Uri);
        Assert.Equal(Map.Find("/mcp"), Map.Of("default"));
        Assert.Equal(2, Map.All.Count());
    }

    [Theory]
    [InlineData("/mcp/")]
    [InlineData("/MCP")]
    [InlineData("/brains/Docs/mcp")]
    [InlineData("/brains/docs/mcp/")]
    [InlineData("/brains/default/mcp")]
    [InlineData("/brains/other/mcp")]
    [InlineData(null)]
    public void Only_the_exact_path_is_a_resource(string? path) => Assert.Null(Map.Find(path));

    [Theory]
    [InlineData("https://rs.example/mcp", true)]
    [InlineData("https://rs.example/mcp/", false)]
    [InlineData("https://RS.example/mcp", false)]
    [InlineData("https://rs.example/brains/other/mcp", false)]
    public void Only_the_exact_URI_is_ours(string uri, bool isOurs) => Assert.Equal(isOurs, Map.IsOurs(uri));

    [Theory]
    [InlineData("/brains/other/mcp", "other")]
    [InlineData("/brains/a/mcp", "a")]
    [InlineData("/brains/docs/mcp", null)]
    [InlineData("/brains/Other/mcp", null)]
    [InlineData("/brains/-x/mcp", null)]
    [InlineData("/brains//mcp", null)]
    [InlineData("/brains/mcp", null)]
    [InlineData("/brains/a/b/mcp", null)]
    [InlineData("/brains/a\n/mcp", null)]
    [InlineData("/mcp", null)]
    [InlineData(null, null)]
    public void A_name_that_no_brain_has_looks_like_one_that_a_brain_has(string? path, string? brain)
    {
        var imagined = Map.Imagine(path);

        Assert.Equal(brain, imagined?.Brain);
        if (imagined is not null)
        {
            Assert.False(imagined.Exists);
            Assert.Equal("https://rs.example/.well-known/oauth-protected-resource" + path, imagined.MetadataUri);
        }
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("0-9", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("A", false)]
    [InlineData("ä", false)]
    [InlineData("a.b", false)]
    [InlineData("a\n", false)]
    public void Names_have_one_spelling(string name, bool isName) => Assert.Equal(isName, ResourceMap.IsName(name));

    [Fact]
    public void A_name_has_at_most_63_characters()
    {
        Assert.True(ResourceMap.IsName(new string('a', 63)));
        Assert.False(ResourceMap.IsName(new string('a', 64)));
    }

    [Theory]
    [InlineData(DpopMode.Off, null, null)]
    [InlineData(DpopMode.Allowed, "ES256", null)]
    [InlineData(DpopMode.Required, "ES256", true)]
    public void Metadata_says_what_it_takes_and_leaves_out_what_would_be_empty(DpopMode mode, string? algorithm, bool? required)
    {
        using var document = JsonDocument.Parse(ProtectedResourceMetadata.For(Map.Of("docs"), ["https://as.example"], mode, ["ES256"]).ToUtf8());
        var root = document.RootElement;

        Assert.Equal("https://rs.example/brains/docs/mcp", root.GetProperty("resource").GetString());
        Assert.Equal("https://as.example", root.GetProperty("authorization_servers")[0].GetString());
        Assert.Equal("agent-brain:read", Assert.Single(root.GetProperty("scopes_supported").EnumerateArray().ToList()).GetString());
        Assert.Equal("header", root.GetProperty("bearer_methods_supported")[0].GetString());
        Assert.Equal("Agent Brain: docs", root.GetProperty("resource_name").GetString());
        Assert.Equal(algorithm, root.TryGetProperty("dpop_signing_alg_values_supported", out var algorithms) ? algorithms[0].GetString() : null);
        Assert.Equal(required, root.TryGetProperty("dpop_bound_access_tokens_required", out var bound) ? bound.GetBoolean() : null);
    }
}
