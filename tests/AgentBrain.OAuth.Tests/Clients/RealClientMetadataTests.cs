using System.Text.Json.Nodes;
using AgentBrain.OAuth.Clients;
using AgentBrain.OAuth.Tests.Tokens;

namespace AgentBrain.OAuth.Tests.Clients;

/// <summary>What clients in use really send, each under its name.</summary>
public sealed class RealClientMetadataTests
{
    private const string ClaudeCodeId = "https://claude.ai/oauth/claude-code-client-metadata";

    private const string ClaudeCodeDocument = $$"""
        {"client_id":"{{ClaudeCodeId}}","client_name":"Claude Code","client_uri":"https://claude.ai","grant_types":["authorization_code","refresh_token"],
        "response_types":["code"],"token_endpoint_auth_method":"none","redirect_uris":["http://localhost/callback","http://127.0.0.1/callback"]}
        """;

    [Theory]
    [InlineData("http://localhost:54545/callback")]
    [InlineData("http://127.0.0.1:1025/callback")]
    public void Claude_Code_listens_on_a_random_port_of_the_port_less_hosts_in_its_document(string requested) => Assert.True(Answers(Document(ClaudeCodeDocument, ClaudeCodeId), requested));

    [Theory]
    [InlineData("http://localhost/callback", "http://127.0.0.1:54545/callback")]
    [InlineData("http://127.0.0.1/callback", "http://localhost:54545/callback")]
    [InlineData("http://127.0.0.1/callback", "http://[::1]:54545/callback")]
    public void Claude_Code_never_crosses_localhost_and_127_0_0_1(string registered, string requested) =>
        Assert.False(Answers(Register(new JsonObject { ["redirect_uris"] = new JsonArray(registered) }), requested));

    [Fact]
    public void Claude_Desktops_grant_types_are_those_that_are_offered_here()
    {
        const string id = "https://claude.ai/oauth/mcp-oauth-client-metadata";
        var metadata = Document($$"""
            {"client_id":"{{id}}","client_name":"Claude","grant_types":["authorization_code","refresh_token","urn:ietf:params:oauth:grant-type:jwt-bearer"],"token_endpoint_auth_method":"none",
            "redirect_uris":["https://claude.ai/api/mcp/auth_callback","https://claude.com/api/mcp/auth_callback"]}
            """, id);

        Assert.Equal(["authorization_code", "refresh_token"], metadata.GrantTypes);
        Assert.Equal("none", metadata.AuthenticationMethod);
        Assert.True(Answers(metadata, "https://claude.com/api/mcp/auth_callback"));
        Assert.False(metadata.IsNative);
    }

    [Fact]
    public void ChatGPTs_document_without_a_method_is_that_of_a_public_client()
    {
        const string id = "https://chatgpt.com/oauth/abc/client.json";
        var metadata = Document($$"""
            {"client_id":"{{id}}","client_name":"ChatGPT","redirect_uris":["https://chatgpt.com/connector/oauth/abc"],"token_endpoint_auth_methods_supported":["none","private_key_jwt"],
            "jwks_uri":"https://chatgpt.com/oauth/jwks.json","grant_types":["authorization_code","refresh_token"],"response_types":["code"]}
            """, id);

        Assert.Equal("none", metadata.AuthenticationMethod);
        Assert.Null(metadata.JwksUri);
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.0.0.1:33418/")]
    [InlineData("http://127.0.0.1:50321/")]
    [InlineData("https://vscode.dev/redirect")]
    [InlineData("https://insiders.vscode.dev/redirect")]
    public void VS_Codes_four_URIs_are_all_taken_and_its_port_may_be_another(string requested)
    {
        const string id = "https://vscode.dev/oauth/client-metadata.json";
        var metadata = Document($$"""
            {"client_id":"{{id}}","client_name":"Visual Studio Code","grant_types":["authorization_code","refresh_token","urn:ietf:params:oauth:grant-type:device_code"],"token_endpoint_auth_method":"none",
            "application_type":"native","redirect_uris":["http://127.0.0.1/","http://127.0.0.1:33418/","https://vscode.dev/redirect","https://insiders.vscode.dev/redirect"]}
            """, id);

        Assert.Equal(4, metadata.RedirectUris.Length);
        Assert.True(Answers(metadata, requested));
        Assert.False(Answers(metadata, "http://localhost:33418/"));
    }

    [Fact]
    public void Cursors_mixed_list_is_taken_and_what_is_not_acceptable_in_it_is_left_out()
    {
        var metadata = Register(new JsonObject
        {
            ["client_name"] = "Cursor",
            ["redirect_uris"] = new JsonArray("cursor://anysphere.cursor-mcp/oauth/callback", "http://localhost:8787/callback", "https://www.cursor.com/agents/mcp/oauth/callback", "cursor-private://anysphere/callback"),
        });

        Assert.Equal(["cursor://anysphere.cursor-mcp/oauth/callback", "http://localhost:8787/callback", "https://www.cursor.com/agents/mcp/oauth/callback"], metadata.RedirectUris);
        Assert.All(metadata.RedirectUris, uri => Assert.True(Answers(metadata, uri)));
        Assert.False(Answers(metadata, "cursor-private://anysphere/callback"));
        Assert.Equal(3, metadata.ToJson()["redirect_uris"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1455/callback")]
    [InlineData("http://localhost:19876/callback")]
    public void Codex_and_opencode_listen_on_any_port_of_both_port_less_hosts(string requested) =>
        Assert.True(Answers(Register(new JsonObject { ["redirect_uris"] = new JsonArray("http://127.0.0.1/callback", "http://localhost/callback"), ["token_endpoint_auth_method"] = "none" }), requested));

    [Fact]
    public void The_Inspectors_web_page_is_answered_on_its_port()
    {
        var metadata = Register(new JsonObject { ["client_name"] = "MCP Inspector", ["redirect_uris"] = new JsonArray("http://localhost:6274/oauth/callback"), ["token_endpoint_auth_method"] = "none" });

        Assert.True(Answers(metadata, "http://localhost:6274/oauth/callback"));
        Assert.False(Answers(metadata, "http://localhost:6274/oauth/callback/debug"));
    }

    [Fact]
    public void The_CSharp_SDK_asks_for_client_secret_post_and_is_told_that_it_has_none() =>
        Assert.Equal("none", Register(new JsonObject { ["redirect_uris"] = new JsonArray("http://localhost:1179/callback"), ["grant_types"] = new JsonArray("authorization_code", "refresh_token"), ["token_endpoint_auth_method"] = "client_secret_post" }).ToJson()["token_endpoint_auth_method"]!.ToString());

    [Fact]
    public void The_npm_SDKs_registered_scope_is_told_again()
    {
        var metadata = Register(new JsonObject { ["redirect_uris"] = new JsonArray("http://localhost:8090/callback"), ["scope"] = "agent-brain:read", ["token_endpoint_auth_method"] = "none" });

        Assert.Equal("agent-brain:read", metadata.ToJson()["scope"]!.ToString());
    }

    [Theory]
    [InlineData("https://claude.ai/oauth/claude-code-client-metadata/")]
    [InlineData("https://claude.ai/oauth/Claude-code-client-metadata")]
    [InlineData("https://claude.ai:443/oauth/claude-code-client-metadata")]
    [InlineData("https://CLAUDE.ai/oauth/claude-code-client-metadata")]
    [InlineData("https://evil.example/oauth/claude-code-client-metadata")]
    public void A_document_that_names_another_id_is_none(string fetched) => Refused(ClaudeCodeDocument, fetched, "client_id is not the URL");

    [Theory]
    [InlineData("client_id", "null", "client_id is not the URL")]
    [InlineData("client_id", "[]", "client_id is not the URL")]
    [InlineData("client_name", "null", "client_name is missing")]
    [InlineData("client_name", "\"\"", "client_name is missing")]
    [InlineData("client_name", "7", "client_name is not a text")]
    [InlineData("client_secret", "\"x\"", "client_secret has no place")]
    [InlineData("client_secret_expires_at", "0", "client_secret_expires_at has no place")]
    [InlineData("redirect_uris", "[]", "redirect_uris is not a list")]
    [InlineData("token_endpoint_auth_method", "\"client_secret_basic\"", "token_endpoint_auth_method is neither")]
    [InlineData("token_endpoint_auth_method", "\"client_secret_post\"", "token_endpoint_auth_method is neither")]
    [InlineData("token_endpoint_auth_method", "\"private_key_jwt\"", "jwks or jwks_uri")]
    [InlineData("grant_types", "[\"client_credentials\"]", "grant_types has not authorization_code")]
    public void A_document_that_is_not_right_is_none(string member, string value, string description)
    {
        var json = JsonNode.Parse(ClaudeCodeDocument)!;
        json[member] = JsonNode.Parse(value);
        Refused(json.ToJsonString(), ClaudeCodeId, description);
    }

    [Fact]
    public void What_is_not_known_in_a_document_is_ignored()
    {
        var json = JsonNode.Parse(ClaudeCodeDocument)!;
        json["x-unknown"] = new JsonObject { ["redirect_uris"] = new JsonArray("https://evil.example/") };
        json["software_statement"] = "eyJ";

        Assert.Equal(Document(ClaudeCodeDocument, ClaudeCodeId).ToJson().ToJsonString(), Document(json.ToJsonString(), ClaudeCodeId).ToJson().ToJsonString());
    }

    [Theory]
    [InlineData("""["private_key_jwt"]""", "private_key_jwt")]
    [InlineData("""["client_secret_basic","none"]""", "none")]
    public void The_methods_that_a_document_lists_stand_for_the_one_that_it_lacks(string supported, string method)
    {
        var json = JsonNode.Parse(ClaudeCodeDocument)!.AsObject();
        json.Remove("token_endpoint_auth_method");
        json["token_endpoint_auth_methods_supported"] = JsonNode.Parse(supported);
        json["jwks"] = JsonNode.Parse(Signer.Jwks(Signer.Ec("one")));

        Assert.Equal(method, Document(json.ToJsonString(), ClaudeCodeId).AuthenticationMethod);
    }

    [Fact]
    public void A_document_that_lists_secrets_alone_or_nothing_that_is_a_list_is_none()
    {
        var json = JsonNode.Parse(ClaudeCodeDocument)!.AsObject();
        json.Remove("token_endpoint_auth_method");
        Assert.Equal("none", Document(json.ToJsonString(), ClaudeCodeId).AuthenticationMethod);

        json["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_post");
        Refused(json.ToJsonString(), ClaudeCodeId, "token_endpoint_auth_method is neither");

        json["token_endpoint_auth_methods_supported"] = "none";
        Refused(json.ToJsonString(), ClaudeCodeId, "token_endpoint_auth_methods_supported is not a list");
    }

    [Fact]
    public void A_documents_keys_may_be_at_an_address()
    {
        var json = JsonNode.Parse(ClaudeCodeDocument)!;
        json["token_endpoint_auth_method"] = "private_key_jwt";
        json["jwks_uri"] = "https://claude.ai/keys";
        var metadata = Document(json.ToJsonString(), ClaudeCodeId);

        Assert.Equal("https://claude.ai/keys", metadata.JwksUri);
        Assert.Equal("https://claude.ai/keys", metadata.ToJson()["jwks_uri"]!.ToString());
    }

    private static bool Answers(ClientMetadata metadata, string requested) => metadata.RedirectUris.Any(registered => RedirectUri.Matches(registered, requested));

    private static ClientMetadata Register(JsonObject json)
    {
        var metadata = ClientMetadataReader.ReadRegistration(ClientMetadataTests.Parse(json.ToJsonString()), out var problem);
        Assert.True(metadata is not null, problem?.Description);
        return metadata;
    }

    private static ClientMetadata Document(string json, string id)
    {
        var metadata = ClientMetadataReader.ReadDocument(ClientMetadataTests.Parse(json), id, out var problem);
        Assert.True(metadata is not null, problem?.Description);
        return metadata;
    }

    private static void Refused(string json, string id, string description)
    {
        Assert.Null(ClientMetadataReader.ReadDocument(ClientMetadataTests.Parse(json), id, out var problem));
        Assert.StartsWith(description, problem!.Description, StringComparison.Ordinal);
    }
}
