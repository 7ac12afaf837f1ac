using System.Security.Cryptography;
using AgentBrain.Server.AuthorizationServer.Keys;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Tests.AuthorizationServer.Keys;

/// <summary>What is sealed opens for its purpose, under its key, as it was; for nothing else.</summary>
public sealed class SealerTests
{
    private static readonly byte[] Plain = [1, 2, 3, 4, 5];
    private readonly AesSealer sealer = new(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public void What_is_sealed_opens_again()
    {
        Assert.True(sealer.IsSealing);
        Assert.Equal(Plain, sealer.Open("a", sealer.Seal("a", Plain), isSealed: true));
        Assert.Empty(sealer.Open("a", sealer.Seal("a", []), isSealed: true));
    }

    [Fact]
    public void The_same_is_never_sealed_the_same()
    {
        var sealedOnes = Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(sealer.Seal("a", Plain))).Distinct();

        Assert.Equal(100, sealedOnes.Count());
    }

    [Fact]
    public void What_is_sealed_does_not_show_what_it_is() => Assert.Equal(-1, sealer.Seal("a", Plain).AsSpan().IndexOf(Plain));

    [Fact]
    public void A_value_cannot_be_put_in_anothers_place()
    {
        var value = sealer.Seal("signing-key/one", Plain);

        Refused(() => sealer.Open("signing-key/two", value, isSealed: true));
    }

    [Fact]
    public void Another_key_opens_nothing()
    {
        var other = new AesSealer(RandomNumberGenerator.GetBytes(32));

        Refused(() => other.Open("a", sealer.Seal("a", Plain), isSealed: true));
    }

    [Fact]
    public void A_change_of_any_byte_is_noticed()
    {
        var value = sealer.Seal("a", Plain);
        for (var place = 0; place < value.Length; place++)
        {
            var changed = value.ToArray();
            changed[place] ^= 1;

            Refused(() => sealer.Open("a", changed, isSealed: true));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(28)]
    public void What_is_too_short_was_never_sealed(int length) => Refused(() => sealer.Open("a", sealer.Seal("a", Plain)[..length], isSealed: true));

    [Fact]
    public void What_was_kept_in_the_clear_is_read_as_it_is() => Assert.Equal(Plain, sealer.Open("a", Plain, isSealed: false));

    [Fact]
    public void Without_a_key_nothing_is_sealed_and_nothing_sealed_is_opened()
    {
        var none = new NoSealer();

        Assert.False(none.IsSealing);
        Assert.Equal(Plain, none.Open("a", none.Seal("a", Plain), isSealed: false));
        Refused(() => none.Open("a", sealer.Seal("a", Plain), isSealed: true));
    }

    private static void Refused(Action open) => Assert.Contains("AGENT_BRAIN_KEK_FILE", Assert.Throws<ConfigurationException>(open).Message, StringComparison.Ordinal);
}
