using AgentBrain.Server.AuthorizationServer.Keys;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Keys;

/// <summary>
/// Keys over restarts: the same ones, sealed where there is a key-encryption key, and never opened under another one. The database
/// with everything beside it is searched for what must not be in it.
/// </summary>
public sealed class AtRestTests : IDisposable
{
    private readonly KeyHome home = new();

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restart_loses_nothing(bool isSealed)
    {
        var kek = isSealed ? home.NewKek() : null;

        var first = await home.With(Facts.Of, kek);
        var again = await home.With(services => (Facts.Of(services), services.GetRequiredService<IDataProtectionProvider>().CreateProtector("cookie").Unprotect(first.Cookie)), kek);

        Assert.Equal(first with { Cookie = "" }, again.Item1 with { Cookie = "" });
        Assert.Equal("signed in", again.Item2);
    }

    [Fact]
    public async Task Two_installations_share_no_key()
    {
        using var other = new KeyHome();

        var one = await home.With(Facts.Of);
        var two = await other.With(Facts.Of);

        Assert.NotEqual(one.KeyId, two.KeyId);
        Assert.NotEqual(one.Secret, two.Secret);
    }

    [Fact]
    public async Task With_a_key_no_secret_is_in_the_files_and_without_one_they_are()
    {
        using var open = new KeyHome();
        var (sealedSecrets, openSecrets) = (await home.With(Private, home.NewKek()), await open.With(Private));

        // The search would find them.
        Assert.All(openSecrets, secret => Assert.NotEqual(-1, open.Bytes().AsSpan().IndexOf(secret)));
        Assert.All(sealedSecrets, secret => Assert.Equal(-1, home.Bytes().AsSpan().IndexOf(secret)));
        Assert.Equal(-1, home.Bytes().AsSpan().IndexOf("masterKey"u8));
        Assert.NotEqual(-1, open.Bytes().AsSpan().IndexOf("masterKey"u8));
    }

    [Fact]
    public async Task A_key_that_is_set_later_seals_what_was_in_the_clear_at_the_next_start_and_leaves_no_trace_of_it()
    {
        var first = await home.With(Facts.Of);
        var secrets = await home.With(Private);
        var kek = home.NewKek();

        var (again, unsealed, running) = await home.With(services => (Facts.Of(services), Unsealed(services), home.Files()), kek);

        Assert.Equal(first with { Cookie = "" }, again with { Cookie = "" });
        Assert.Equal(0, unsealed);
        Assert.All(secrets, secret => Assert.Equal(-1, running.AsSpan().IndexOf(secret)));
        Assert.Equal(-1, running.AsSpan().IndexOf("masterKey"u8));
        Assert.Equal(first.KeyId, (await home.With(Facts.Of, kek)).KeyId);
    }

    [Fact]
    public async Task A_compromised_key_has_nothing_that_could_be_sealed()
    {
        await home.With(static services => services.GetRequiredService<SigningKeys>().WithdrawAsync(services.GetRequiredService<SigningKeys>().Current.KeyId, null).GetAwaiter().GetResult());

        var states = await home.With(static services => services.GetRequiredService<SigningKeys>().All.Select(static key => key.State).ToArray(), home.NewKek());

        Assert.Equal([SigningKeyState.Current, SigningKeyState.Compromised], states);
    }

    [Fact]
    public async Task Sealed_keys_without_their_key_stop_the_start()
    {
        var kek = home.NewKek();
        var first = await home.With(Facts.Of, kek);

        var refused = home.Refusal();

        Assert.Contains("AGENT_BRAIN_KEK_FILE", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(first.KeyId, (await home.With(Facts.Of, kek)).KeyId);
    }

    [Fact]
    public async Task Sealed_keys_with_another_key_stop_the_start()
    {
        var kek = home.NewKek();
        var first = await home.With(Facts.Of, kek);

        Assert.Contains("another key", home.Refusal(home.NewKek("other")).Message, StringComparison.Ordinal);
        Assert.Equal(first.KeyId, (await home.With(Facts.Of, kek)).KeyId);
    }

    [Theory]
    [InlineData("UPDATE SigningKeys SET PrivateKey = x'00'", "damaged")]
    [InlineData("UPDATE SigningKeys SET Id = 'another'", "damaged")]
    [InlineData("UPDATE Secrets SET Value = x'3c61' WHERE Name LIKE 'data-protection/%'", "damaged")]
    [InlineData("UPDATE Secrets SET Value = x'3c61' WHERE Name = 'root'", "damaged")]
    public async Task Keys_that_are_not_what_was_written_stop_the_start(string change, string expected)
    {
        await home.With(services => services.Store().WriteAsync(context => context.Database.ExecuteSqlRawAsync(change)).GetAwaiter().GetResult());

        Assert.Contains(expected, home.Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sealed_value_that_was_put_in_anothers_place_stops_the_start()
    {
        var kek = home.NewKek();
        await home.With(services => services.Store().WriteAsync(context => context.Database.ExecuteSqlRawAsync(
            "UPDATE Secrets SET Value = (SELECT Value FROM Secrets WHERE Name <> 'root') WHERE Name = 'root'")).GetAwaiter().GetResult(), kek);

        Assert.Contains("were changed", home.Refusal(kek).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_start_says_once_that_nothing_is_encrypted_and_says_nothing_where_it_is()
    {
        await home.With(Facts.Of);
        await home.With(Facts.Of, home.NewKek());

        Assert.Single(home.Log.Lines, static line => line.Contains("not encrypted at rest", StringComparison.Ordinal));
        Assert.Single(home.Log.Lines, static line => line.Contains("encrypt", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_credential_of_systemd_seals()
    {
        var credential = home.NewKek("credentials/agent-brain-kek");

        Assert.Equal(0, await home.With(Unsealed, null, $"--CREDENTIALS_DIRECTORY={Path.GetDirectoryName(credential)}"));
        Assert.Contains("there is no key", home.Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_cookies_are_in_the_database_and_nowhere_in_the_users_home()
    {
        var names = await home.With(static services => services.Store().ReadAsync(static context => context.Secrets.Select(static secret => secret.Name).ToListAsync()).GetAwaiter().GetResult());

        Assert.Contains("root", names);
        Assert.Single(names, static name => name.StartsWith("data-protection/key-", StringComparison.Ordinal));
        Assert.Equal(2, names.Count);
    }

    private static int Unsealed(IServiceProvider services) => services.Store().ReadAsync(static async context =>
        await context.Secrets.CountAsync(static secret => !secret.IsSealed) + await context.SigningKeys.CountAsync(static key => !key.IsSealed)).GetAwaiter().GetResult();

    /// <summary>What an attacker would look for: private keys, and the one secret from which the others come, as they are in the clear.</summary>
    private static byte[][] Private(IServiceProvider services)
    {
        var sealer = services.GetRequiredService<ISealer>();
        var scalar = services.GetRequiredService<SigningKeys>().Current.ECDsa.ExportParameters(includePrivateParameters: true).D!;
        var root = services.Store().ReadAsync(static context => context.Secrets.SingleAsync(static secret => secret.Name == ServerSecrets.Root)).GetAwaiter().GetResult();
        return [scalar, sealer.Open(ServerSecrets.Purpose(ServerSecrets.Root), root.Value, root.IsSealed)];
    }

    private sealed record Facts(string KeyId, string Public, string Secret, string Cookie)
    {
        public static Facts Of(IServiceProvider services)
        {
            var keys = services.GetRequiredService<SigningKeys>();
            return new Facts(
                keys.Current.KeyId,
                Convert.ToHexString(keys.Current.ECDsa.ExportSubjectPublicKeyInfo()),
                Convert.ToHexString(services.GetRequiredService<ServerSecrets>().Get("any")),
                services.GetRequiredService<IDataProtectionProvider>().CreateProtector("cookie").Protect("signed in"));
        }
    }
}
