using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Replay;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Dpop;

/// <summary>The proofs that RFC 9449 prints.</summary>
public sealed class Rfc9449ExampleTests
{
    private const string Header =
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5Ijoi"
        + "OVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19";

    private const string TokenRequest = Header
        + ".eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ"
        + ".2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

    private const string ResourceRequest = Header
        + ".eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2"
        + "MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9"
        + ".2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";

    private const string Token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    private const string Thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

    [Fact]
    public void Figure_2_the_proof_of_a_token_request_is_right_and_its_key_has_the_thumbprint_of_figure_8()
    {
        var proof = Check(new ProofRequest([TokenRequest], "POST", "https://server.example.com/token", null, null)).Proof;

        Assert.Equal(("-BwC3ESc6acc2lTc", Thumbprint, 1562262616L), (proof!.Id, proof.KeyThumbprint, proof.IssuedAt.ToUnixTimeSeconds()));
    }

    [Fact]
    public void Figure_13_the_proof_of_a_resource_request_is_right_with_its_token_and_key()
    {
        var request = new ProofRequest([ResourceRequest], "GET", "https://resource.example.org/protectedresource", Token, Thumbprint);

        Assert.Equal("e1j3V_bKic8-LAEB", Check(request).Proof?.Id);
        Assert.Equal(Reasons.ProofMethod, Check(request with { Method = "POST" }).Reason);
        Assert.Equal(Reasons.ProofTarget, Check(request with { TargetUri = "https://resource.example.org/other" }).Reason);
        Assert.Equal(Reasons.ProofTokenHash, Check(request with { AccessToken = Token + "x" }).Reason);
        Assert.Equal(Reasons.ProofBinding, Check(request with { KeyThumbprint = new string('A', 43) }).Reason);
        Assert.Equal(Reasons.ProofTokenHash, Check(request with { Headers = [TokenRequest], Method = "POST", TargetUri = "https://server.example.com/token" }).Reason);
    }

    private static ProofOutcome Check(ProofRequest request)
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1562262616));
        var store = new MemoryReplayStore(time, 10, 0);
        time.Advance(TimeSpan.FromSeconds(5));
        using var validator = new ProofValidator(new DpopOptions(), store, new NonceSource(store, time), time);
        return validator.Check(request);
    }
}
