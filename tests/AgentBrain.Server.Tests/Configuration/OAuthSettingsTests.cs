using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Policy;
using AgentBrain.Server.Configuration;
using Microsoft.Extensions.Configuration;

namespace AgentBrain.Server.Tests.Configuration;

public sealed class OAuthSettingsTests : IDisposable
{
    private readonly string folder = RealPath.Of(Directory.CreateTempSubdirectory("brain-oauth-").FullName);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void One_issuer_and_one_line_of_access_are_enough()
    {
        var oauth = Read("AGENT_BRAIN_OAUTH_ACCESS=subject:auth0|a=b:c=read,index; role:writers=all;client:ci=agent-brain:read;everyone=read", "AGENT_BRAIN_OAUTH_ROLES_CLAIM=groups").OAuth!;

        var issuer = Assert.Single(oauth.Issuers);
        Assert.Equal("https://as.example", issuer.Issuer);
        Assert.Equal(["at+jwt"], issuer.TokenTypes);
        Assert.Equal(TimeSpan.FromHours(1), issuer.MaxLifetime);
        Assert.Equal(
            [
                new AccessRule("https://as.example", PrincipalKind.Subject, "auth0|a=b:c", ScopeSet.Read | ScopeSet.Index),
                new AccessRule("https://as.example", PrincipalKind.Role, "writers", ScopeSet.All),
                new AccessRule("https://as.example", PrincipalKind.Client, "ci", ScopeSet.Read),
                new AccessRule("https://as.example", PrincipalKind.Everyone, "", ScopeSet.Read),
            ],
            oauth.Access["default"].Rules);
        Assert.Equal(DpopMode.Allowed, oauth.Access["default"].Dpop);
        Assert.Null(oauth.Redis);
    }

    [Fact]
    public void Tokens_of_Keycloak_are_told_apart_by_their_payload()
    {
        var issuer = Read("AGENT_BRAIN_OAUTH_PROFILE=keycloak").OAuth!.Issuers[0];

        Assert.Contains("JWT", issuer.TokenTypes);
        Assert.Equal(["Bearer", "DPoP"], issuer.PayloadTypes);
        Assert.Equal("azp", issuer.ClientIdClaims[0]);
    }

    [Fact]
    public void The_connection_string_may_stand_in_a_file_and_in_one_place_only()
    {
        var file = Path.Combine(folder, "redis");
        File.WriteAllText(file, "cache.example:6379,password=x\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var settings = Read("AGENT_BRAIN_REDIS_FILE=" + file);

        Assert.Equal("cache.example:6379,password=x", settings.OAuth!.Redis);
        Assert.Contains(file, settings.SecretFiles);
        Assert.Contains("both set", Assert.Throws<ConfigurationException>(() => Read("AGENT_BRAIN_REDIS_FILE=" + file, "AGENT_BRAIN_REDIS=x")).Message);
        File.WriteAllText(file, " ");
        Assert.Contains("is empty", Assert.Throws<ConfigurationException>(() => Read("AGENT_BRAIN_REDIS_FILE=" + file)).Message);
    }

    [Fact]
    public void A_host_may_hand_Redis_over_as_a_connection_string()
    {
        Assert.Equal("cache.example:6380", Read("ConnectionStrings:cache=cache.example:6380").OAuth!.Redis);
        Assert.Equal("own.example", Read("ConnectionStrings:cache=cache.example", "AGENT_BRAIN_REDIS=own.example").OAuth!.Redis);
    }

    [Theory]
    [InlineData("AGENT_BRAIN_PUBLIC_URL=", "AGENT_BRAIN_PUBLIC_URL is not set")]
    [InlineData("AGENT_BRAIN_PUBLIC_URL=http://brain.example", "must start with https://")]
    [InlineData("AGENT_BRAIN_PUBLIC_URL=https://brain.example", "nothing here speaks TLS")]
    [InlineData("AGENT_BRAIN_OAUTH_ISSUER=", "says how to judge another authorization server's tokens, and none is named")]
    [InlineData("AGENT_BRAIN_OAUTH_ISSUER=as.example", "must be an https URL")]
    [InlineData("AGENT_BRAIN_OAUTH_ISSUER=http://as.example", "must be an https URL")]
    [InlineData("AGENT_BRAIN_OAUTH_ISSUER=https://user@as.example", "must be an https URL")]
    [InlineData("AGENT_BRAIN_OAUTH_ISSUER=https://as.example?x=1", "no query and no fragment")]
    [InlineData("AGENT_BRAIN_OAUTH_ISSUER=https://as.example#x", "no query and no fragment")]
    [InlineData("AGENT_BRAIN_OAUTH_PROFILE=okta", "there are rfc9068, keycloak")]
    [InlineData("AGENT_BRAIN_OAUTH_ACCESS=", "nobody could use the brain")]
    [InlineData("AGENT_BRAIN_OAUTH_ACCESS=;", "nobody could use the brain")]
    [InlineData("AGENT_BRAIN_OAUTH_ACCESS=alice=read", "must hold entries like")]
    [InlineData("AGENT_BRAIN_OAUTH_ACCESS=subject:=read", "must hold entries like")]
    [InlineData("AGENT_BRAIN_OAUTH_ACCESS=user:alice=read", "must hold entries like")]
    [InlineData("AGENT_BRAIN_OAUTH_ACCESS=subject:alice", "must hold entries like")]
    [InlineData("AGENT_BRAIN_OAUTH_ACCESS=subject:alice=write", "names the scope write")]
    [InlineData("AGENT_BRAIN_OAUTH_ACCESS=subject:alice=", "names the scope")]
    [InlineData("AGENT_BRAIN_OAUTH_ACCESS=role:writers=read", "set AGENT_BRAIN_OAUTH_ROLES_CLAIM")]
    [InlineData("AGENT_BRAIN_BRAINS_FILE=/nowhere", "which is no file")]
    [InlineData("AGENT_BRAIN_OAUTH_RESOURCE=https://other.example/mcp", "make them agree")]
    [InlineData("AGENT_BRAIN_OAUTH_ISUER=x", "is not known to this build")]
    [InlineData("AGENT_BRAIN_OAUTH_JWKS_URI=http://keys.example", "must be an https URL")]
    [InlineData("AGENT_BRAIN_OAUTH_INTROSPECTION_URL=https://as.example/introspect", "needs AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_ID")]
    [InlineData("AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_ID=rs", "without AGENT_BRAIN_OAUTH_INTROSPECTION_URL")]
    [InlineData("AGENT_BRAIN_OAUTH_INTROSPECTION_URL=https://a.example AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_ID=rs AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_SECRET=s AGENT_BRAIN_OAUTH_JWKS_URI=https://a.example", "keep one of them")]
    [InlineData("AGENT_BRAIN_OAUTH_INTROSPECTION_URL=https://a.example AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_ID=rs AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_SECRET_FILE=/nowhere", "which is no file")]
    [InlineData("AGENT_BRAIN_DPOP=on", "must be off, allowed or required")]
    [InlineData("AGENT_BRAIN_DPOP_NONCE=on", "must be off or required")]
    [InlineData("AGENT_BRAIN_OAUTH_REVOCATIONS=on", "must be off or redis")]
    [InlineData("AGENT_BRAIN_OAUTH_REVOCATIONS=redis", "AGENT_BRAIN_REDIS is not set")]
    [InlineData("AGENT_BRAIN_DPOP_MAX_AGE_SECONDS=3600", "must be a whole number from 5 to 600")]
    [InlineData("AGENT_BRAIN_DPOP_RATE_PER_KEY=-1", "AGENT_BRAIN_DPOP_RATE_PER_KEY is -1; it must be a whole number")]
    [InlineData("AGENT_BRAIN_DPOP_PROOFS_PER_KEY=many", "AGENT_BRAIN_DPOP_PROOFS_PER_KEY is many; it must be a whole number")]
    [InlineData("AGENT_BRAIN_DPOP_CAPACITY=10", "AGENT_BRAIN_DPOP_CAPACITY is 10; it must be a whole number")]
    [InlineData("AGENT_BRAIN_MAX_FILES_PER_FOLDER=0", "AGENT_BRAIN_MAX_FILES_PER_FOLDER is 0; it must be a whole number")]
    [InlineData("AGENT_BRAIN_MAX_CHUNKS=0", "AGENT_BRAIN_MAX_CHUNKS is 0; it must be a whole number")]
    [InlineData("AGENT_BRAIN_MAX_INDEX_BYTES=1GB", "AGENT_BRAIN_MAX_INDEX_BYTES is 1GB; it must be a whole number")]
    [InlineData("AGENT_BRAIN_MAX_QUEUED_JOBS=0", "AGENT_BRAIN_MAX_QUEUED_JOBS is 0; it must be a whole number")]
    [InlineData("AGENT_BRAIN_JOB_TIMEOUT_SECONDS=0", "AGENT_BRAIN_JOB_TIMEOUT_SECONDS is 0; it must be a whole number")]
    [InlineData("AGENT_BRAIN_RATE_PER_ADDRESS=-1", "AGENT_BRAIN_RATE_PER_ADDRESS is -1; it must be a whole number")]
    [InlineData("AGENT_BRAIN_RATE_PER_PRINCIPAL=x", "AGENT_BRAIN_RATE_PER_PRINCIPAL is x; it must be a whole number")]
    [InlineData("AGENT_BRAIN_BASIC_SECRET=x", "takes tokens and no secret")]
    [InlineData("AGENT_BRAIN_ALLOW_INSECURE=0.0.0.0", "has no meaning")]
    [InlineData("urls=http://0.0.0.0:0", "would travel in clear text")]
    public void A_wrong_setting_stops_the_start_with_a_sentence_that_names_it(string settings, string sentence)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => Read(settings.Split(" AGENT", StringSplitOptions.None).Select((part, i) => i == 0 ? part : "AGENT" + part).ToArray()));

        Assert.Contains(sentence, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void A_file_lists_brains_with_roots_policies_and_issuers_of_their_own()
    {
        var settings = ReadFile("""
            {
              // Comments are allowed.
              "issuers": [
                { "issuer": "https://a.example/realms/x", "profile": "keycloak", "brains": ["default"], "audiences": { "brain-docs": "default" } },
                { "issuer": "https://b.example", "maxLifetimeSeconds": 600, "algorithms": ["ES256"], "rolesClaim": "groups" }
              ],
              "brains": {
                "finance": { "roots": ["two"], "dpop": "required", "access": [{ "issuer": "https://b.example", "role": "finance", "scopes": ["read", "subscribe"] }] },
                "default": { "roots": ["one"], "access": [{ "issuer": "https://a.example/realms/x", "everyone": true, "scopes": ["read"] }] }
              }
            }
            """);

        Assert.Equal(["default", "finance"], settings.Brains.Select(brain => brain.Name));
        Assert.Equal([Path.Combine(folder, "two")], settings.Brains[1].Roots.Select(root => root.Path));
        Assert.Equal(DpopMode.Required, settings.OAuth!.Access["finance"].Dpop);
        Assert.Equal(["https://b.example"], settings.OAuth.IssuersOf("finance").Select(issuer => issuer.Issuer));
        Assert.Equal(2, settings.OAuth.IssuersOf("default").Count());
        Assert.Contains(Path.Combine(folder, "brains.json"), settings.SecretFiles);
    }

    [Theory]
    [InlineData("""{ "issuers": [{ "issuer": "https://a.example" }], "brains": { "default": { "roots": ["one"], "access": [{ "role": "writers", "scopes": ["read"] }] } } }""", "which claim has roles")]
    [InlineData("""{ "brains": { "docs": BRAIN } }""", "has no brain named default")]
    [InlineData("""{ "brains": { "default": BRAIN, "Docs": OTHER } }""", "has a brain named Docs")]
    [InlineData("""{ "brains": { "default": BRAIN, "-x": OTHER } }""", "has a brain named -x")]
    [InlineData("""{ "brains": { "default": BRAIN, "mcp": OTHER } }""", "has a brain named mcp")]
    [InlineData("""{ "brains": { "default": BRAIN, "x": BRAIN } }""", "roots of which one holds the other")]
    [InlineData("""{ "brains": { "default": { "roots": ["."], "access": [ACCESS] }, "x": OTHER } }""", "roots of which one holds the other")]
    [InlineData("""{ "brains": { "default": { "roots": [], "access": [ACCESS] } } }""", "without roots")]
    [InlineData("""{ "brains": { "default": { "roots": ["nowhere"], "access": [ACCESS] } } }""", "is no directory")]
    [InlineData("""{ "brains": { "default": { "roots": ["data"], "access": [ACCESS] } } }""", "lies in the data directory")]
    [InlineData("""{ "brains": { "default": { "roots": ["one"], "access": [] } } }""", "nobody could use it")]
    [InlineData("""{ "brains": { "default": { "roots": ["one"] } } }""", "access")]
    [InlineData("""{ "brains": { "default": { "roots": ["one"], "acess": [], "access": [ACCESS] } } }""", "acess")]
    [InlineData("""{ "brains": { "default": BRAIN }, "brains": { "default": BRAIN } }""", "Duplicate")]
    [InlineData("""{ "brains": { "default": { "roots": ["one"], "access": [{ "subject": "a", "role": "b", "scopes": ["read"] }] } } }""", "exactly one of")]
    [InlineData("""{ "brains": { "default": { "roots": ["one"], "access": [{ "subject": "", "scopes": ["read"] }] } } }""", "exactly one of")]
    [InlineData("""{ "brains": { "default": { "roots": ["one"], "access": [{ "scopes": ["read"] }] } } }""", "exactly one of")]
    [InlineData("""{ "brains": { "default": { "roots": ["one"], "access": [{ "subject": "a", "scopes": [] }] } } }""", "names no scope")]
    [InlineData("""{ "brains": { "default": { "roots": ["one"], "access": [{ "issuer": "https://c.example", "subject": "a", "scopes": ["read"] }] } } }""", "not among the issuers")]
    [InlineData("""{ "brains": { "default": { "roots": ["one"], "dpop": "maybe", "access": [ACCESS] } } }""", "must be off, allowed or required")]
    [InlineData("""{ "issuers": [{ "issuer": "https://a.example" }, { "issuer": "https://a.example" }], "brains": { "default": BRAIN } }""", "twice")]
    [InlineData("""{ "issuers": [{ "issuer": "https://a.example", "brains": ["docs"] }], "brains": { "default": BRAIN } }""", "names the brain docs")]
    [InlineData("""{ "issuers": [{ "issuer": "https://a.example", "algorithms": ["HS256"] }], "brains": { "default": BRAIN } }""", "allows the algorithm HS256")]
    [InlineData("""{ "issuers": [{ "issuer": "https://a.example", "tokenTypes": [] }], "brains": { "default": BRAIN } }""", "empty tokenTypes")]
    [InlineData("""{ "issuers": [{ "issuer": "https://a.example", "tokenTypes": ["jwt"] }], "brains": { "default": BRAIN } }""", "which ID tokens have as well")]
    [InlineData("""{ "issuers": [{ "issuer": "https://a.example", "maxLifetimeSeconds": 864000 }], "brains": { "default": BRAIN } }""", "maxLifetimeSeconds")]
    [InlineData("""{ "issuers": [{ "issuer": "https://a.example", "jwksUri": "https://a.example/k", "introspection": { "url": "https://a.example/i", "clientId": "c", "clientSecretFile": "f" } }], "brains": { "default": BRAIN } }""", "keep one of them")]
    [InlineData("""{ "issuers": [{ "issuer": "https://a.example" }, { "issuer": "https://b.example" }], "brains": { "default": BRAIN } }""", "without an issuer")]
    [InlineData("[]", "is not as it must be")]
    [InlineData("null", "holds nothing")]
    [InlineData("{", "is not as it must be")]
    public void A_wrong_file_stops_the_start_with_a_sentence_that_says_where(string text, string sentence)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => ReadFile(text
            .Replace("BRAIN", """{ "roots": ["one"], "access": [ACCESS] }""", StringComparison.Ordinal)
            .Replace("OTHER", """{ "roots": ["two"], "access": [ACCESS] }""", StringComparison.Ordinal)
            .Replace("ACCESS", """{ "subject": "a", "scopes": ["read"] }""", StringComparison.Ordinal)));

        Assert.Contains(sentence, refusal.Message);
        Assert.Contains("AGENT_BRAIN_BRAINS_FILE", refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void A_file_that_others_can_change_is_refused()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no file modes.");

        var path = Write("{}");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupWrite);

        var refusal = Assert.Throws<ConfigurationException>(() => Read("AGENT_BRAIN_BRAINS_FILE=" + path));

        Assert.Contains("chmod go-w", refusal.Message);
    }

    [Fact]
    public void Roots_stand_in_the_file_or_in_the_variable()
    {
        var refusal = Assert.Throws<ConfigurationException>(() => Read("AGENT_BRAIN_BRAINS_FILE=" + Write("""{ "brains": {} }"""), "AGENT_BRAIN_ROOTS=" + folder));

        Assert.Contains("both set", refusal.Message);
    }

    private ServerSettings ReadFile(string text) =>
        Read("AGENT_BRAIN_BRAINS_FILE=" + Write(text), "AGENT_BRAIN_OAUTH_ACCESS=", text.Contains("issuers", StringComparison.Ordinal) ? "AGENT_BRAIN_OAUTH_ISSUER=" : "X=");

    private string Write(string text)
    {
        var path = Path.Combine(folder, "brains.json");
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>Reads settings that are right but for those given.</summary>
    private ServerSettings Read(params string[] settings)
    {
        foreach (var name in new[] { "one", "two", "data" })
            Directory.CreateDirectory(Path.Combine(folder, name));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new[]
            {
                "AGENT_BRAIN_AUTH=oauth", "AGENT_BRAIN_PUBLIC_URL=http://127.0.0.1:8765", "AGENT_BRAIN_OAUTH_ISSUER=https://as.example", "AGENT_BRAIN_OAUTH_ACCESS=subject:alice=all",
            }
            .Concat(settings)
            .Select(setting => setting.Split('=', 2))
            .GroupBy(pair => pair[0], pair => pair[1], StringComparer.Ordinal)
            .Select(group => KeyValuePair.Create<string, string?>(group.Key, group.Last()))).Build();
        return SettingsReader.Read(configuration, Path.Combine(folder, "data"), Path.Combine(folder, "one"));
    }
}
