using System.Security.Cryptography;
using AgentBrain.Server.AuthorizationServer.Grants;

namespace AgentBrain.Server.Tests.AuthorizationServer.Grants;

/// <summary>The token, what finds it and what it seals (SR-05).</summary>
public sealed class RefreshSecretTests
{
    private static readonly SealedFor Binding = new("grant", "client", "key", "row", DateTimeOffset.FromUnixTimeMilliseconds(1_000_000));

    [Fact]
    public void A_token_is_32_random_bytes_in_their_one_spelling()
    {
        var tokens = Enumerable.Range(0, 1000).Select(_ => RefreshSecret.Create().Text).ToHashSet();

        Assert.Equal(1000, tokens.Count);
        Assert.All(tokens, token => Assert.Matches("^[A-Za-z0-9_-]{43}$", token));
        Assert.All(tokens, token => Assert.True(RefreshSecret.TryRead(token, out var read) && read.Text == token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+A")]
    public void Other_spellings_are_no_tokens(string? text) => Assert.False(RefreshSecret.TryRead(text, out _));

    /// <summary>The derivations are part of the stored format: tokens of yesterday must be found tomorrow.</summary>
    [Fact]
    public void The_lookup_value_is_derived_as_it_is_written_down()
    {
        var bytes = new byte[32];
        var expected = HKDF.Expand(HashAlgorithmName.SHA256, HKDF.Extract(HashAlgorithmName.SHA256, bytes, new byte[32]), 32, "rt-lookup/v1"u8.ToArray());

        Assert.True(RefreshSecret.TryRead(Base64UrlText.Encode(bytes), out var secret));
        Assert.Equal(Base64UrlText.Encode(expected), secret.Lookup);
    }

    [Fact]
    public void A_sealed_successor_opens_for_its_token_and_its_binding()
    {
        var (token, successor) = (RefreshSecret.Create(), RefreshSecret.Create());

        Assert.Equal(successor.Text, token.Open(token.Seal(successor, Binding), Binding)?.Text);
        Assert.NotEqual(token.Seal(successor, Binding), token.Seal(successor, Binding));
    }

    public static TheoryData<string> Differences => ["grant", "client", "key", "no key", "row", "time", "parts that run together"];

    [Theory]
    [MemberData(nameof(Differences))]
    public void It_opens_for_nothing_else(string difference)
    {
        var token = RefreshSecret.Create();
        var box = token.Seal(RefreshSecret.Create(), Binding);
        var other = difference switch
        {
            "grant" => Binding with { GrantId = "other" },
            "client" => Binding with { ClientId = "other" },
            "key" => Binding with { KeyThumbprint = "other" },
            "no key" => Binding with { KeyThumbprint = null },
            "row" => Binding with { TokenId = "other" },
            "time" => Binding with { NotAfter = Binding.NotAfter.AddMilliseconds(1) },
            _ => Binding with { GrantId = "grantc", ClientId = "lient" },
        };

        Assert.Null(token.Open(box, other));
    }

    [Fact]
    public void Neither_lookup_value_nor_another_token_opens_it()
    {
        var token = RefreshSecret.Create();
        var box = token.Seal(RefreshSecret.Create(), Binding);

        Assert.True(RefreshSecret.TryRead(token.Lookup, out var lookup));
        Assert.Null(lookup.Open(box, Binding));
        Assert.Null(RefreshSecret.Create().Open(box, Binding));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(59)]
    [InlineData(61)]
    public void What_has_another_length_does_not_open(int length) => Assert.Null(RefreshSecret.Create().Open(new byte[length], Binding));

    [Fact]
    public void No_bit_of_it_may_differ()
    {
        var token = RefreshSecret.Create();
        var box = token.Seal(RefreshSecret.Create(), Binding);
        for (var position = 0; position < box.Length; position++)
        {
            var changed = (byte[])box.Clone();
            changed[position] ^= 1;
            Assert.Null(token.Open(changed, Binding));
        }
    }
}
