using AgentBrain.Server.AuthorizationServer.State;
using AgentBrain.Server.Configuration;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.Tests.AuthorizationServer.State;

/// <summary>What a server does not start on (SR-23, SR-58).</summary>
public sealed class StateCheckTests : IAsyncDisposable
{
    private readonly ServerHome _home = new();

    public ValueTask DisposeAsync() => _home.DisposeAsync();

    [Fact]
    public async Task A_lost_database_beside_the_owners_mark_reopens_no_setup()
    {
        await _home.StartAsync();
        await _home.StopAsync();
        Assert.True(OwnerMarker.Exists(_home.Data));
        foreach (var file in Directory.GetFiles(_home.Data, "authority.db*"))
            File.Delete(file);

        var refusal = Assert.Throws<ConfigurationException>(() => _home.Build(withOwner: false));

        Assert.Contains("something was lost", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("restore", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_home.Data, "authority.db*"));
        var (code, _, error) = await _home.RunAsync("owner", "setup-link");
        Assert.Equal(2, code);
        Assert.Contains("something was lost", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_emptied_database_beside_the_owners_mark_reopens_no_setup()
    {
        await _home.StartAsync(withOwner: false);
        await _home.StopAsync();
        OwnerMarker.Set(_home.Data);

        var refusal = Assert.Throws<ConfigurationException>(() => _home.Build(withOwner: false));

        Assert.Contains("without an owner", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_a_state_is_expected_there_is_no_first_run(bool hasDatabase)
    {
        if (hasDatabase)
        {
            await _home.StartAsync(withOwner: false);
            await _home.StopAsync();
        }

        var refusal = Assert.Throws<ConfigurationException>(() => _home.Build(withOwner: true, "--AGENT_BRAIN_EXPECT_STATE=true"));

        Assert.Contains("AGENT_BRAIN_EXPECT_STATE", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expected_state_that_is_there_starts()
    {
        await _home.StartAsync();
        await _home.StopAsync();

        await _home.StartAsync(withOwner: false, "--AGENT_BRAIN_EXPECT_STATE=true");
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_left_alone()
    {
        await _home.StartAsync();
        await _home.StopAsync();
        _home.Rows("INSERT INTO __EFMigrationsHistory (MigrationId, ProductVersion) VALUES ('99991231000000_Later', '99')");

        var refusal = Assert.Throws<ConfigurationException>(() => _home.Build());

        Assert.Contains("99991231000000_Later", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_stops_the_start_with_a_sentence()
    {
        Directory.CreateDirectory(_home.Data);
        await File.WriteAllTextAsync(Path.Combine(_home.Data, "authority.db"), new string('x', 8192));

        var refusal = Assert.Throws<ConfigurationException>(() => _home.Build());

        Assert.Contains("cannot be read", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_public_url_stops_the_start_and_names_what_it_would_end()
    {
        await _home.StartAsync();
        await _home.StopAsync();

        var refusal = Assert.Throws<ConfigurationException>(() => _home.Build(withOwner: true, "--AGENT_BRAIN_PUBLIC_URL=http://localhost:1"));

        Assert.Contains("all tokens and consents end", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("AGENT_BRAIN_ACCEPT_NEW_ISSUER=http://localhost:1", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([_home.Issuer], _home.Rows("SELECT Value FROM State WHERE Name = 'issuer'"));
    }

    [Fact]
    public async Task Another_public_url_that_is_meant_ends_what_the_old_one_gave_out()
    {
        await _home.StartAsync();
        await _home.AddClientAsync();
        await _home.RedeemAsync(await _home.AgreeAsync());
        await _home.StopAsync();

        await using (_home.Build(withOwner: true, "--AGENT_BRAIN_PUBLIC_URL=http://localhost:1", "--AGENT_BRAIN_ACCEPT_NEW_ISSUER=http://localhost:1/"))
        {
            Assert.Contains(_home.Log.Lines, line => line.StartsWith("Warning: The issuer was", StringComparison.Ordinal));
        }

        Assert.Equal(["state.issuer_changed"], _home.Rows("SELECT RevokedReason FROM Grants"));
        Assert.Empty(_home.Rows("SELECT Id FROM RefreshTokens"));
        Assert.Equal(["0"], _home.Rows("SELECT count(*) FROM Activities WHERE Kind = 'none'"));
        Assert.Single(_home.Rows("SELECT Id FROM Activities WHERE Kind = 'state.issuer_changed'"));
        Assert.Equal(["http://localhost:1"], _home.Rows("SELECT Value FROM State WHERE Name = 'issuer'"));
        Assert.Equal(["0"], _home.Rows("SELECT count(*) FROM OpenIddictApplications"));
    }

    [Fact]
    public async Task A_name_that_is_accepted_and_is_not_the_one_that_is_set_changes_nothing()
    {
        await _home.StartAsync();
        await _home.StopAsync();

        Assert.Throws<ConfigurationException>(() => _home.Build(withOwner: true, "--AGENT_BRAIN_PUBLIC_URL=http://localhost:1", "--AGENT_BRAIN_ACCEPT_NEW_ISSUER=http://localhost:2"));
    }

    [Fact]
    public async Task Without_an_owner_nothing_was_issued_and_another_public_url_is_taken()
    {
        await _home.StartAsync(withOwner: false);
        await _home.StopAsync();

        await using var app = _home.Build(withOwner: false, "--AGENT_BRAIN_PUBLIC_URL=http://localhost:1");

        Assert.Equal(["http://localhost:1"], await _home.ReadFactAsync(app, StateNames.Issuer));
    }

    [Fact]
    public async Task The_mark_is_set_as_soon_as_the_owner_is_there()
    {
        await _home.StartAsync(withOwner: false);
        Assert.False(OwnerMarker.Exists(_home.Data));
        using var browser = new HttpClient { BaseAddress = new Uri(_home.Issuer) };
        var link = (await _home.DoAsync("owner", "setup-link")).GetProperty("link").GetString()!;
        var token = OwnerBrowser.Token(await browser.GetStringAsync("/setup"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/setup")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["form"] = token!, ["code"] = new Uri(link).Fragment.TrimStart('#'), ["username"] = "owner", ["new_password"] = ServerHome.Password, ["repeat_password"] = ServerHome.Password,
            }),
        };
        request.Headers.TryAddWithoutValidation("Origin", _home.Issuer);
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        using var response = await browser.SendAsync(request);

        Assert.True(await _home.Store.ReadAsync(context => context.Users.AnyAsync()), $"{response.StatusCode}");
        Assert.True(OwnerMarker.Exists(_home.Data));
    }
}
