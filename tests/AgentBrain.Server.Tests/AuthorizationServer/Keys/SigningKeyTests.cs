using System.Security.Cryptography;
using System.Text;
using AgentBrain.Server.AuthorizationServer;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.Server.Tests.AuthorizationServer.Keys;

/// <summary>The life of signing keys: published before they sign, and for as long as their tokens live.</summary>
public sealed class SigningKeyTests : IAsyncLifetime
{
    private readonly KeyHome home = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private WebApplication app = null!;
    private SigningKeys keys = null!;
    private int changes;

    public ValueTask InitializeAsync()
    {
        Open();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        home.Dispose();
    }

    [Fact]
    public void The_first_run_makes_one_key_that_signs_at_once()
    {
        var only = Assert.Single(keys.All);

        Assert.Equal(SigningKeyState.Current, only.State);
        Assert.Equal(time.GetUtcNow(), only.ActiveFrom);
        Assert.Equal(only.Id, keys.Current.KeyId);
        Assert.Equal([keys.Current], keys.Published);
    }

    [Fact]
    public void The_name_of_a_key_is_its_thumbprint()
    {
        var parameters = keys.Current.ECDsa.ExportParameters(includePrivateParameters: false);

        Assert.Equal(256, keys.Current.ECDsa.KeySize);
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64UrlEncoder.Encode(parameters.Q.X)}}","y":"{{Base64UrlEncoder.Encode(parameters.Q.Y)}}"}""";
        Assert.Equal(Base64UrlEncoder.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))), keys.Current.KeyId);
    }

    [Fact]
    public void A_key_set_is_not_kept_for_as_long_as_a_key_is_published_ahead()
    {
        Assert.True(SigningKeyTimes.PublishAhead >= TimeSpan.FromMinutes(10));
        Assert.True(SigningKeyTimes.CacheAge < SigningKeyTimes.PublishAhead);
        Assert.True(AgentBrain.OAuth.Issuers.IssuerKeys.RefreshInterval < SigningKeyTimes.PublishAhead);
    }

    [Fact]
    public async Task A_new_key_is_published_before_it_signs()
    {
        var first = keys.Current.KeyId;

        var next = await keys.RotateAsync();

        Assert.Equal(SigningKeyState.Next, next.State);
        Assert.Equal([first, next.Id], keys.Published.Select(static key => key.KeyId));
        await Pass(SigningKeyTimes.PublishAhead - TimeSpan.FromSeconds(1));
        Assert.Equal(first, keys.Current.KeyId);
        await Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(next.Id, keys.Current.KeyId);
        Assert.Equal([next.Id, first], keys.Published.Select(static key => key.KeyId));
        Assert.Equal([SigningKeyState.Current, SigningKeyState.Retired], keys.All.Select(static key => key.State));
    }

    [Fact]
    public async Task A_retired_key_is_published_until_its_last_token_has_ended_and_then_deleted()
    {
        var first = keys.Current.KeyId;
        await keys.RotateAsync();
        await Pass(SigningKeyTimes.PublishAhead);

        await Pass(new AuthorizationServerSettings { Issuer = "" }.AccessTokenLifetime + TimeSpan.FromSeconds(30));
        Assert.Contains(first, keys.Published.Select(static key => key.KeyId));

        await Pass(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(first, keys.Published.Select(static key => key.KeyId));
        Assert.Single(keys.All);
        Assert.Equal(1, await app.Services.Store().ReadAsync(static context => context.SigningKeys.CountAsync()));
    }

    [Fact]
    public async Task A_key_is_replaced_by_age()
    {
        var first = keys.Current.KeyId;

        await Pass(SigningKeyTimes.MaxAge - SigningKeyTimes.PublishAhead - TimeSpan.FromSeconds(1));
        Assert.Single(keys.Published);

        await Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(2, keys.Published.Length);
        Assert.Equal(first, keys.Current.KeyId);

        await Pass(SigningKeyTimes.PublishAhead);
        Assert.NotEqual(first, keys.Current.KeyId);
    }

    [Fact]
    public async Task The_server_does_so_by_itself()
    {
        var first = keys.Current.KeyId;
        var rotation = Rotation();
        await rotation.StartAsync(CancellationToken.None);

        time.Advance(SigningKeyTimes.MaxAge);
        await PassUntil(() => changes > 0);
        await rotation.StopAsync(CancellationToken.None);

        Assert.Contains(keys.All, key => key.Id != first);
    }

    [Fact]
    public async Task A_rotation_that_fails_is_logged_and_tried_again()
    {
        var rotation = Rotation();
        await Sql("ALTER TABLE SigningKeys RENAME TO Elsewhere");
        await rotation.StartAsync(CancellationToken.None);

        time.Advance(SigningKeyTimes.MaxAge);
        await PassUntil(() => home.Log.Lines.Any(static line => line.Contains("could not be rotated", StringComparison.Ordinal)));
        Assert.Single(keys.Published);

        await Sql("ALTER TABLE Elsewhere RENAME TO SigningKeys");
        await PassUntil(() => changes > 0);
        await rotation.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task One_key_waits_at_most()
    {
        var next = await keys.RotateAsync();

        Assert.Equal(next, await keys.RotateAsync());
        Assert.Equal(2, keys.Published.Length);
    }

    [Fact]
    public async Task Who_rotates_at_once_makes_one_key()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => keys.RotateAsync())));

        Assert.Single(made.Distinct());
        Assert.Equal(1, changes);
    }

    [Fact]
    public async Task Nothing_is_said_to_have_changed_when_nothing_did()
    {
        await keys.AdvanceAsync();
        await keys.LoadAsync();
        await Pass(TimeSpan.FromDays(1));

        Assert.Equal(0, changes);
    }

    [Fact]
    public async Task A_key_that_waited_while_the_server_was_off_signs_from_the_start_on()
    {
        var next = await keys.RotateAsync();
        await app.DisposeAsync();
        time.Advance(TimeSpan.FromDays(365));

        Open();

        Assert.Equal(next.Id, keys.Current.KeyId);
        Assert.Equal([SigningKeyState.Next, SigningKeyState.Current, SigningKeyState.Retired], keys.All.Select(static key => key.State).Order());
    }

    [Fact]
    public async Task An_old_key_signs_on_until_the_new_one_was_published_long_enough()
    {
        var first = keys.Current.KeyId;
        await app.DisposeAsync();
        time.Advance(TimeSpan.FromDays(365));

        Open();

        Assert.Equal(first, keys.Current.KeyId);
        Assert.Equal(2, keys.Published.Length);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_makes_no_new_keys()
    {
        await keys.RotateAsync();
        var known = keys.All.Select(static key => key.Id).Order(StringComparer.Ordinal).ToArray();
        var first = keys.Current.KeyId;
        await app.DisposeAsync();

        var earlier = new FakeTimeProvider(time.GetUtcNow() - TimeSpan.FromDays(400));
        app = home.Build(time: earlier);
        keys = app.Services.GetRequiredService<SigningKeys>();

        Assert.Equal(first, keys.Current.KeyId);
        Assert.Equal(known, keys.All.Select(static key => key.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_stolen_key_is_gone_at_once_and_a_key_that_was_made_after_signs()
    {
        var stolen = keys.Current.KeyId;
        time.Advance(TimeSpan.FromDays(1));

        Assert.True(await keys.WithdrawAsync(stolen, "192.0.2.0/24"));

        Assert.DoesNotContain(stolen, keys.Published.Select(static key => key.KeyId));
        Assert.NotEqual(stolen, keys.Current.KeyId);
        Assert.Equal([SigningKeyState.Current, SigningKeyState.Compromised], keys.All.Select(static key => key.State));
        Assert.Equal(time.GetUtcNow(), keys.All[0].CreatedAt);
        Assert.Equal(1, changes);
        Assert.Empty((await app.Services.Store().ReadAsync(context => context.SigningKeys.SingleAsync(key => key.Id == stolen))).PrivateKey);
    }

    [Fact]
    public async Task A_key_that_waited_beside_a_stolen_one_is_not_used()
    {
        var next = await keys.RotateAsync();

        await keys.WithdrawAsync(keys.Current.KeyId, null);

        Assert.DoesNotContain(keys.All, key => key.Id == next.Id);
        Assert.Single(keys.Published);
    }

    [Fact]
    public async Task A_stolen_key_that_waits_or_is_retired_leaves_the_current_one_in_place()
    {
        var first = keys.Current.KeyId;
        var next = await keys.RotateAsync();
        await keys.WithdrawAsync(next.Id, null);
        Assert.Equal([first], keys.Published.Select(static key => key.KeyId));

        await keys.RotateAsync();
        await Pass(SigningKeyTimes.PublishAhead);
        var current = keys.Current.KeyId;
        await keys.WithdrawAsync(first, null);

        Assert.Equal([current], keys.Published.Select(static key => key.KeyId));
    }

    [Fact]
    public async Task A_stolen_key_stays_gone_over_restarts_and_is_forgotten_at_last()
    {
        var stolen = keys.Current.KeyId;
        await keys.WithdrawAsync(stolen, null);
        var current = keys.Current.KeyId;
        await app.DisposeAsync();

        Open();

        Assert.Equal([current], keys.Published.Select(static key => key.KeyId));
        Assert.True(await keys.WithdrawAsync(stolen, null));
        Assert.Equal(0, changes);
        await Pass(SigningKeyTimes.Memory);
        Assert.DoesNotContain(keys.All, static key => key.State == SigningKeyState.Compromised);
    }

    [Fact]
    public async Task A_key_that_nobody_knows_changes_nothing()
    {
        Assert.False(await keys.WithdrawAsync("nobody", null));
        Assert.Equal(0, changes);
    }

    [Fact]
    public async Task What_becomes_of_keys_is_written_down()
    {
        var first = keys.Current.KeyId;
        var next = await keys.RotateAsync();
        await Pass(SigningKeyTimes.PublishAhead);
        await keys.WithdrawAsync(next.Id, "192.0.2.0/24");

        var rows = await app.Services.Store().ReadAsync(static context => context.Activities.Where(static row => row.Kind.StartsWith("key.")).OrderBy(static row => row.Id).ToListAsync());

        Assert.Equal(
            [(ActivityKinds.KeyCreated, first), (ActivityKinds.KeyCreated, next.Id), (ActivityKinds.KeyRetired, first), (ActivityKinds.KeyCompromised, next.Id), (ActivityKinds.KeyCreated, keys.Current.KeyId)],
            rows.Select(static row => (row.Kind, row.Detail!)));
        Assert.Equal("192.0.2.0/24", rows[3].AddressPrefix);
    }

    [Fact]
    public void Keys_that_were_not_loaded_are_no_keys()
    {
        var fresh = ActivatorUtilities.CreateInstance<SigningKeys>(app.Services);

        Assert.Throws<InvalidOperationException>(() => fresh.Current);
        Assert.Throws<InvalidOperationException>(() => ActivatorUtilities.CreateInstance<ServerSecrets>(app.Services).Get("any"));
    }

    [Fact]
    public void Secrets_of_different_names_have_nothing_in_common()
    {
        var secrets = app.Services.GetRequiredService<ServerSecrets>();

        Assert.Equal(32, secrets.Get("one").Length);
        Assert.Same(secrets.Get("one"), secrets.Get("one"));
        Assert.NotEqual(secrets.Get("one"), secrets.Get("two"));
        Assert.NotEqual(secrets.Get("root"), secrets.Get("one"));
    }

    private void Open()
    {
        app = home.Build(time: time);
        keys = app.Services.GetRequiredService<SigningKeys>();
        changes = 0;
        keys.Changed += (_, _) => changes++;
    }

    private async Task Pass(TimeSpan by)
    {
        time.Advance(by);
        await keys.AdvanceAsync();
    }

    private Task<int> Sql(string statement) => app.Services.Store().WriteAsync(context => context.Database.ExecuteSqlRawAsync(statement));

    private KeyRotation Rotation() => app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<KeyRotation>().Single();

    /// <summary>The service makes its timer when it gets to it, so the minutes go on until it noticed.</summary>
    private async Task PassUntil(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (; !condition(); time.Advance(TimeSpan.FromMinutes(1)))
            await Task.Delay(10, limit.Token);
    }
}
