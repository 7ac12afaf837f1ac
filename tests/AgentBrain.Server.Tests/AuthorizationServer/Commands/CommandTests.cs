using System.Text.Json;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.AuthorizationServer.Keys;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Hosting;
using AgentBrain.Server.Tests.AuthorizationServer.State;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Commands;

/// <summary>What each command does, with a server that runs and without one.</summary>
public sealed class CommandTests : IAsyncDisposable
{
    private readonly ServerHome _home = new();

    public ValueTask DisposeAsync() => _home.DisposeAsync();

    [Fact]
    public async Task Status_says_the_same_with_a_server_and_without()
    {
        await _home.StartAsync();
        await _home.AddClientAsync();
        await _home.AgreeAsync();
        var running = await _home.DoAsync("status");
        await _home.StopAsync();

        var stopped = await _home.DoAsync("status");

        Assert.Equal(running.GetRawText(), stopped.GetRawText());
        Assert.Equal(_home.Issuer, stopped.GetProperty("issuer").GetString());
        Assert.True(stopped.GetProperty("owner").GetBoolean());
        Assert.Equal(1, stopped.GetProperty("grants").GetInt32());
        Assert.Equal(1, stopped.GetProperty("epoch").GetInt32());
    }

    [Fact]
    public async Task Without_a_server_a_first_setup_link_can_be_made()
    {
        var link = (await _home.DoAsync("owner", "setup-link")).GetProperty("link").GetString()!;

        Assert.StartsWith("http://127.0.0.1:8765/setup#", link, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_owner_there_is_no_setup_link()
    {
        await _home.StartAsync();

        var (code, output, error) = await _home.RunAsync("owner", "setup-link");

        Assert.Equal(CommandException.ExitCode, code);
        Assert.Empty(output);
        Assert.Contains("owner reset", error, StringComparison.Ordinal);
        Assert.Equal(0, await _home.Store.ReadAsync(context => context.SetupLinks.CountAsync()));
    }

    [Fact]
    public async Task Owner_reset_ends_sessions_and_grants_and_the_password()
    {
        await _home.StartAsync();
        await _home.AddClientAsync();
        var tokens = await _home.RedeemAsync(await _home.AgreeAsync());
        var cookies = await _home.SignInAsync();
        Assert.True(await _home.IsSignedInAsync(cookies));

        var (code, output, _) = await _home.RunAsync("owner", "reset");

        Assert.Equal(0, code);
        Assert.Contains("/setup#", output, StringComparison.Ordinal);
        Assert.False(await _home.IsSignedInAsync(cookies));
        Assert.Equal("invalid_grant", (await _home.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).GetProperty("error").GetString());
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await _home.CallAsync(tokens.GetProperty("access_token").GetString()!));
        Assert.Contains(ActivityKinds.OwnerReset, await KindsAsync());
    }

    [Fact]
    public async Task Owner_reset_can_leave_clients_their_access()
    {
        await _home.StartAsync();
        await _home.AddClientAsync();
        var tokens = await _home.RedeemAsync(await _home.AgreeAsync());

        await _home.DoAsync("owner", "reset", "--keep-grants");

        Assert.True((await _home.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).TryGetProperty("access_token", out _));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Owner_reset_asks_the_person_at_a_terminal_about_grants(bool answer, int left)
    {
        await _home.StartAsync();
        await _home.AddClientAsync();
        await _home.AgreeAsync();
        var confirmation = new Answer(answer);

        await new MachineCommand(TextWriter.Null, confirmation, TimeProvider.System).RunAsync(["owner", "reset", $"--AGENT_BRAIN_DATA={_home.Data}"], CancellationToken.None);

        Assert.Single(confirmation.Asked);
        Assert.Equal(left, (await _home.DoAsync("grants", "list")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Owner_reset_asks_nothing_that_is_said_already()
    {
        await _home.StartAsync();
        var confirmation = new Answer(false);

        foreach (var said in new[] { "--keep-grants", "--revoke-grants" })
            await new MachineCommand(TextWriter.Null, confirmation, TimeProvider.System).RunAsync(["owner", "reset", said, $"--AGENT_BRAIN_DATA={_home.Data}"], CancellationToken.None);

        Assert.Empty(confirmation.Asked);
        Assert.Equal(2, (await _home.RunAsync("owner", "reset", "--keep-grants", "--revoke-grants")).ExitCode);
    }

    [Fact]
    public async Task Owner_reset_without_an_owner_says_what_to_do()
    {
        await _home.StartAsync(withOwner: false);

        var (code, _, error) = await _home.RunAsync("owner", "reset");

        Assert.Equal(1, code);
        Assert.Contains("owner setup-link", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_grant_that_is_revoked_by_command_is_refused_at_once_and_after_a_restart(bool isRunning)
    {
        await _home.StartAsync();
        await _home.AddClientAsync();
        var tokens = await _home.RedeemAsync(await _home.AgreeAsync());
        var access = tokens.GetProperty("access_token").GetString()!;
        Assert.Equal(System.Net.HttpStatusCode.OK, await _home.CallAsync(access));
        var id = (await _home.DoAsync("grants", "list")).GetProperty("grants")[0].GetProperty("id").GetString()!;
        if (!isRunning)
            await _home.StopAsync();

        Assert.Equal(1, (await _home.DoAsync("grants", "revoke", id)).GetProperty("revoked").GetInt32());

        if (!isRunning)
            await _home.StartAsync();

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await _home.CallAsync(access));
        Assert.Equal("invalid_grant", (await _home.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).GetProperty("error").GetString());
        var (code, _, error) = await _home.RunAsync("grants", "revoke", id);
        Assert.Equal(1, code);
        Assert.Contains("grants list", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_grants_can_be_revoked()
    {
        await _home.StartAsync();
        await _home.AddClientAsync();
        await _home.AgreeAsync();
        await _home.AgreeAsync();

        Assert.Equal(2, (await _home.DoAsync("grants", "revoke", "--all")).GetProperty("revoked").GetInt32());

        var (code, output, _) = await _home.RunAsync("grants", "list");
        Assert.Equal((0, "none\n"), (code, output));
        Assert.Equal(2, (await _home.RunAsync("grants", "revoke", "--all", "some")).ExitCode);
        Assert.Equal(2, (await _home.RunAsync("grants", "revoke")).ExitCode);
    }

    [Fact]
    public async Task What_strangers_wrote_is_made_safe_for_the_terminal()
    {
        await _home.StartAsync();
        await _home.AddClientAsync("evil\e[2Jclient");
        await _home.Store.WriteAsync(async context => (await context.Clients.SingleAsync()).DisplayName = "A\nB\u202e" + new string('x', 500));

        var (code, output, error) = await _home.RunAsync("clients", "list");

        Assert.True(code == 0, error + string.Join('\n', _home.Log.Lines));
        Assert.DoesNotContain('\e', output);
        Assert.DoesNotContain('\u202e', output);
        Assert.Equal(2, output.Count(character => character == '\n'));
        Assert.All(output.Split('\n'), line => Assert.True(line.Length < 400));
    }

    [Fact]
    public async Task A_rotated_key_signs_later_and_a_compromised_one_never_again()
    {
        await _home.StartAsync();
        await _home.AddClientAsync();
        var tokens = await _home.RedeemAsync(await _home.AgreeAsync());
        var keys = _home.Services.GetRequiredService<SigningKeys>();
        var current = keys.Current.KeyId!;

        var next = (await _home.DoAsync("keys", "rotate")).GetProperty("kid").GetString();
        Assert.Equal(current, keys.Current.KeyId);
        Assert.Contains(keys.Published, key => key.KeyId == next);
        Assert.Equal(["current", "next"], (await _home.DoAsync("keys", "list")).GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("state").GetString()));

        Assert.Equal(1, (await _home.DoAsync("keys", "compromise", current)).GetProperty("revoked").GetInt32());
        Assert.NotEqual(current, keys.Current.KeyId);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await _home.CallAsync(tokens.GetProperty("access_token").GetString()!));
        Assert.Equal(1, (await _home.RunAsync("keys", "compromise", "nothing")).ExitCode);
        var (_, output, _) = await _home.RunAsync("keys", "list");
        Assert.Contains("compromised", output, StringComparison.Ordinal);
        Assert.Contains("not encrypted at rest", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_acts_by_itself_gets_read_on_one_brain_and_a_secret_once()
    {
        await _home.StartAsync();

        var added = await _home.DoAsync("clients", "add", "--name", "CI", "--client-credentials");
        var (id, secret) = (added.GetProperty("id").GetString()!, added.GetProperty("secret").GetString()!);

        var row = await ClientAsync(id);
        Assert.Equal(("default", ScopeSet.Read, ClientKind.Registered, "client_secret_basic"), (row!.OwnBrains, row.OwnScopes, row.Kind, row.AuthenticationMethod));
        Assert.DoesNotContain(secret, JsonSerializer.Serialize(row), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, (await _home.RunAsync("clients", "list")).Output, StringComparison.Ordinal);
        Assert.True((await OwnTokenAsync(id, secret)).TryGetProperty("access_token", out _));
        Assert.Contains(ActivityKinds.ClientRegistered, await KindsAsync());
    }

    [Fact]
    public async Task A_secret_is_rotated_with_two_good_ones_or_with_one()
    {
        await _home.StartAsync();
        var added = await _home.DoAsync("clients", "add", "--name", "CI", "--client-credentials");
        var (id, first) = (added.GetProperty("id").GetString()!, added.GetProperty("secret").GetString()!);

        var second = (await _home.DoAsync("clients", "rotate-secret", id)).GetProperty("secret").GetString()!;
        Assert.True((await OwnTokenAsync(id, first)).TryGetProperty("access_token", out _));
        var token = (await OwnTokenAsync(id, second)).GetProperty("access_token").GetString()!;

        var third = (await _home.DoAsync("clients", "rotate-secret", id, "--now")).GetProperty("secret").GetString()!;
        Assert.Equal("invalid_client", (await OwnTokenAsync(id, first)).GetProperty("error").GetString());
        Assert.Equal("invalid_client", (await OwnTokenAsync(id, second)).GetProperty("error").GetString());
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await _home.CallAsync(token));
        Assert.NotEqual(second, third);
    }

    [Fact]
    public async Task A_removed_clients_own_tokens_are_refused_at_once_and_after_a_restart()
    {
        await _home.StartAsync();
        var added = await _home.DoAsync("clients", "add", "--name", "CI", "--client-credentials");
        var (id, secret) = (added.GetProperty("id").GetString()!, added.GetProperty("secret").GetString()!);
        var token = (await OwnTokenAsync(id, secret)).GetProperty("access_token").GetString()!;
        Assert.Equal(System.Net.HttpStatusCode.OK, await _home.CallAsync(token));

        await _home.DoAsync("clients", "remove", id);

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await _home.CallAsync(token));
        await _home.StopAsync();
        await _home.StartAsync();
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await _home.CallAsync(token));
        Assert.Null(await ClientAsync(id));
        Assert.Equal(1, (await _home.RunAsync("clients", "remove", id)).ExitCode);
        Assert.Equal(1, (await _home.RunAsync("clients", "rotate-secret", id)).ExitCode);
    }

    [Fact]
    public async Task A_removed_client_loses_its_grants()
    {
        await _home.StartAsync();
        await _home.AddClientAsync();
        var tokens = await _home.RedeemAsync(await _home.AgreeAsync());

        Assert.Equal(1, (await _home.DoAsync("clients", "remove", ServerHome.Client)).GetProperty("revoked").GetInt32());

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await _home.CallAsync(tokens.GetProperty("access_token").GetString()!));
        Assert.Equal("invalid_client", (await _home.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_client_with_keys_has_no_secret_and_only_public_keys()
    {
        await _home.StartAsync();
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var parameters = key.ExportParameters(includePrivateParameters: true);
        var (x, y, d) = (Text(parameters.Q.X!), Text(parameters.Q.Y!), Text(parameters.D!));
        var file = _home.File("keys.json");

        await File.WriteAllTextAsync(file, $$"""{"keys":[{"kty":"EC","crv":"P-256","x":"{{x}}","y":"{{y}}","d":"{{d}}"}]}""");
        var (code, _, error) = await _home.RunAsync("clients", "add", "--name", "CI", "--client-credentials", "--auth", "private_key_jwt", "--jwks", file);
        Assert.Equal(1, code);
        Assert.Contains("private key", error, StringComparison.Ordinal);
        foreach (var bad in new[] { "[]", "{}", "{\"keys\":[]}", "nothing", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}" })
        {
            await File.WriteAllTextAsync(file, bad);
            Assert.Equal(1, (await _home.RunAsync("clients", "add", "--name", "CI", "--client-credentials", "--auth", "private_key_jwt", "--jwks", file)).ExitCode);
        }

        await File.WriteAllTextAsync(file, $$"""{"keys":[{"kty":"EC","crv":"P-256","x":"{{x}}","y":"{{y}}"}]}""");
        var added = await _home.DoAsync("clients", "add", "--name", "CI", "--client-credentials", "--auth", "private_key_jwt", "--jwks", file);

        Assert.Equal(JsonValueKind.Null, added.GetProperty("secret").ValueKind);
        Assert.Equal(1, (await _home.RunAsync("clients", "rotate-secret", added.GetProperty("id").GetString()!)).ExitCode);
        Assert.Contains("\"kty\":\"EC\"", (await ClientAsync(added.GetProperty("id").GetString()!))!.JsonWebKeySet, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_redirects_asks_the_owner()
    {
        await _home.StartAsync();

        var added = await _home.DoAsync("clients", "add", "--name", "Editor", "--redirect-uri", "http://127.0.0.1/cb", "--redirect-uri", "https://editor.example/cb");

        var row = await ClientAsync(added.GetProperty("id").GetString()!);
        Assert.Equal(("", ScopeSet.None, "none", "public"), (row!.OwnBrains, row.OwnScopes, row.AuthenticationMethod, row.ClientType));
        Assert.Equal("[\"http://127.0.0.1/cb\",\"https://editor.example/cb\"]", row.RedirectUris);
        var (code, _, error) = await _home.RunAsync("clients", "add", "--name", "Editor", "--redirect-uri", "http://editor.example/cb");
        Assert.Equal(1, code);
        Assert.Contains("http://editor.example/cb", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "--client-credentials")]
    [InlineData(2, "--name", "x")]
    [InlineData(2, "--name", "x", "--client-credentials", "--redirect-uri", "https://a.example/")]
    [InlineData(2, "--name", "x", "--client-credentials", "--auth", "none")]
    [InlineData(2, "--name", "x", "--client-credentials", "--auth", "password")]
    [InlineData(2, "--name", "x", "--client-credentials", "--auth", "private_key_jwt")]
    [InlineData(2, "--name", "x", "--client-credentials", "--scope", "everything")]
    [InlineData(2, "--name", "x", "--client-credentials", "--scope", "admin")]
    [InlineData(2, "--name", "x", "--client-credentials", "--allow-admin")]
    [InlineData(2, "--name", "x", "--redirect-uri", "https://a.example/", "--scope", "read")]
    [InlineData(2, "--name", "x\ny", "--client-credentials")]
    [InlineData(1, "--name", "x", "--client-credentials", "--brain", "nowhere")]
    public async Task A_client_that_makes_no_sense_is_not_added(int expected, params string[] args)
    {
        await _home.StartAsync();

        var (code, _, error) = await _home.RunAsync(["clients", "add", .. args]);

        Assert.True(code == expected, error);
        Assert.Equal(0, await _home.Store.ReadAsync(context => context.Clients.CountAsync()));
    }

    [Fact]
    public async Task Admin_without_the_owner_takes_two_words()
    {
        await _home.StartAsync();

        var added = await _home.DoAsync("clients", "add", "--name", "CI", "--client-credentials", "--scope", "agent-brain:read", "--scope", "admin", "--allow-admin");

        Assert.Equal(ScopeSet.Read | ScopeSet.Admin, (await ClientAsync(added.GetProperty("id").GetString()!))!.OwnScopes);
    }

    [Fact]
    public async Task A_client_that_acts_by_itself_and_is_unused_for_90_days_is_pointed_out()
    {
        await _home.StartAsync();
        var id = (await _home.DoAsync("clients", "add", "--name", "CI", "--client-credentials")).GetProperty("id").GetString()!;
        Assert.DoesNotContain("90 days", (await _home.RunAsync("clients", "list")).Output, StringComparison.Ordinal);
        await _home.Store.WriteAsync(async context => (await context.Clients.SingleAsync()).CreatedAt = TimeProvider.System.GetUtcNow().AddDays(-91));

        Assert.Contains("90 days", (await _home.RunAsync("clients", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(id, (await _home.DoAsync("status")).GetProperty("unusedClients")[0].GetString());
        Assert.Contains("not used for 90 days", (await _home.RunAsync("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_change_is_written_down_as_the_machines()
    {
        await _home.StartAsync();
        var id = (await _home.DoAsync("clients", "add", "--name", "CI", "--client-credentials")).GetProperty("id").GetString()!;
        await _home.DoAsync("clients", "rotate-secret", id);
        await _home.DoAsync("clients", "remove", id);
        await _home.DoAsync("keys", "rotate");
        await _home.DoAsync("backup", "--out", _home.File("backup"));

        var rows = await _home.Store.ReadAsync(context => context.Activities.ToListAsync());
        foreach (var kind in new[] { ActivityKinds.ClientRegistered, ActivityKinds.ClientChanged, ActivityKinds.ClientRemoved, ActivityKinds.KeyCreated, ActivityKinds.BackedUp })
            Assert.Contains(rows, row => row.Kind == kind && row.AddressPrefix is null);
    }

    private Task<List<string>> KindsAsync() => _home.Store.ReadAsync(context => context.Activities.Select(activity => activity.Kind).ToListAsync());

    private Task<ClientRecord?> ClientAsync(string id) => _home.Store.ReadAsync(context => context.Clients.SingleOrDefaultAsync(client => client.ClientId == id));

    private Task<JsonElement> OwnTokenAsync(string id, string secret) => _home.TokenAsync(("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret));

    private static string Text(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private sealed class Answer(bool answer) : IConfirmation
    {
        public List<string> Asked { get; } = [];

        public bool IsPossible => true;

        public bool Ask(string question)
        {
            Asked.Add(question);
            return answer;
        }
    }
}
