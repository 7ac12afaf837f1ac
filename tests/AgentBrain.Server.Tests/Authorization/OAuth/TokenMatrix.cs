using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>The form and the signature of a token (RFC 7515, RFC 7519 §7.2, RFC 8725, RFC 9068 §4).</summary>
public sealed class TokenMatrix(World world) : IClassFixture<World>
{
    private static readonly Rows Cases = new()
    {
        { "RFC 9068 §4", "typ application/at+jwt", Expect.Accepted, static attempt => attempt.Header = static header => header["typ"] = "application/at+jwt" },
        { "RFC 7515 §4.1.9", "typ AT+JWT: media types compare without case", Expect.Accepted, static attempt => attempt.Header = static header => header["typ"] = "AT+JWT" },
        { "RFC 9068 §4", "typ JWT: an ID token", Expect.BadToken("token_type"), static attempt => attempt.Header = static header => header["typ"] = "JWT" },
        { "RFC 9068 §4", "no typ", Expect.BadToken("token_type"), static attempt => attempt.Header = static header => header.Remove("typ") },
        { "RFC 8725 §3.11", "typ logout+jwt", Expect.BadToken("token_type"), static attempt => attempt.Header = static header => header["typ"] = "logout+jwt" },
        { "RFC 8725 §3.11", "typ dpop+jwt: a proof as a token", Expect.BadToken("token_type"), static attempt => attempt.Header = static header => header["typ"] = "dpop+jwt" },
        { "RFC 8725 §3.2", "alg none without a signature", Expect.BadToken("token_algorithm"), static attempt => attempt.Rewrite = static token => Bends.RewriteHeader(token, static header => header["alg"] = "none")[..(Bends.RewriteHeader(token, static header => header["alg"] = "none").LastIndexOf('.') + 1)] },
        { "RFC 8725 §3.2", "alg none with the old signature", Expect.BadToken("token_algorithm"), static attempt => attempt.Rewrite = static token => Bends.RewriteHeader(token, static header => header["alg"] = "none") },
        { "RFC 8725 §3.2", "alg nOnE", Expect.BadToken("token_algorithm"), static attempt => attempt.Rewrite = static token => Bends.RewriteHeader(token, static header => header["alg"] = "nOnE") },
        { "RFC 7515 §4.1.1", "no alg", Expect.BadToken("token_malformed"), static attempt => attempt.Rewrite = static token => Bends.RewriteHeader(token, static header => header.Remove("alg")) },
        { "RFC 8725 §2.1", "HS256 with the public RSA key, in PEM, as the secret", Expect.BadToken("token_algorithm"), static (attempt, world) => attempt.Rewrite = token => Bends.Hmac(token, Encoding.ASCII.GetBytes(Rsa(world).ExportSubjectPublicKeyInfoPem()), "rsa") },
        { "RFC 8725 §2.1", "HS256 with the public RSA key, in DER, as the secret", Expect.BadToken("token_algorithm"), static (attempt, world) => attempt.Rewrite = token => Bends.Hmac(token, Rsa(world).ExportSubjectPublicKeyInfo(), "rsa") },
        { "RFC 8725 §2.1", "HS256 with the modulus as the secret", Expect.BadToken("token_algorithm"), static (attempt, world) => attempt.Rewrite = token => Bends.Hmac(token, Rsa(world).ExportParameters(false).Modulus!, "rsa") },
        { "RFC 8725 §2.1", "HS256 with the public EC key as the secret", Expect.BadToken("token_algorithm"), static (attempt, world) => attempt.Rewrite = token => Bends.Hmac(token, ((ECDsa)world.Issuer.Keys[^1].Pair).ExportSubjectPublicKeyInfo()) },
        { "RFC 8725 §2.1", "HS256 with an empty secret", Expect.BadToken("token_algorithm"), static attempt => attempt.Rewrite = static token => Bends.Hmac(token, []) },
        { "RFC 8725 §3.1", "RS256 with the name of an EC key", Expect.BadToken("unknown_key"), static attempt => attempt.Header = static header => header["alg"] = "RS256" },
        { "RFC 8725 §3.1", "ES256 with the name of an RSA key", Expect.BadToken("unknown_key"), static attempt => attempt.Header = static header => header["kid"] = "rsa" },
        { "RFC 8725 §3.1", "PS256 with a key for RS256", Expect.BadToken("unknown_key"), static (attempt, world) => (attempt.SignedBy, attempt.Header) = (world.Issuer.Keys[0], static header => header["alg"] = "PS256") },
        { "RFC 8725 §3.1", "RS512, which nobody allowed", Expect.BadToken("token_algorithm"), static (attempt, world) => (attempt.SignedBy, attempt.Header) = (world.Issuer.Keys[0], static header => header["alg"] = "RS512") },
        { "RFC 7518 §3.3", "a good token with RS256", Expect.Accepted, static (attempt, world) => attempt.SignedBy = world.Issuer.Keys[0] },
        { "RFC 7515 §4.1.3", "the attacker's key under the issuer's kid", Expect.BadToken("token_signature"), static (attempt, world) => (attempt.SignedBy, attempt.Header) = (world.Stranger.Keys[^1], static _ => { }) },
        { "RFC 7515 §4.1.3", "an embedded jwk, and its signature", Expect.BadToken("token_signature"), static (attempt, world) => (attempt.SignedBy, attempt.Header) = (world.Stranger.Keys[^1], header => header["jwk"] = world.Stranger.Keys[^1].Public()) },
        { "RFC 7515 §4.1.3", "an embedded jwk under a kid of its own", Expect.BadToken("unknown_key"), static (attempt, world) => (attempt.SignedBy, attempt.Header) = (world.Stranger.Keys[^1], header => (header["jwk"], header["kid"]) = (world.Stranger.Keys[^1].Public(), "mine")) },
        { "RFC 7515 §4.1.2", "a jku of the attacker's", Expect.BadToken("token_signature"), static (attempt, world) => (attempt.SignedBy, attempt.Header) = (world.Stranger.Keys[^1], header => header["jku"] = world.Stranger.Url + "/jwks") },
        { "RFC 7515 §4.1.5", "an x5u of the attacker's", Expect.BadToken("token_signature"), static (attempt, world) => (attempt.SignedBy, attempt.Header) = (world.Stranger.Keys[^1], header => header["x5u"] = world.Stranger.Url + "/jwks") },
        { "RFC 7515 §4.1.6", "an x5c of the attacker's", Expect.BadToken("token_signature"), static (attempt, world) => (attempt.SignedBy, attempt.Header) = (world.Stranger.Keys[^1], static header => header["x5c"] = new JsonArray("MIIB")) },
        { "RFC 7515 §4.1.4", "an unknown kid", Expect.BadToken("unknown_key"), static attempt => attempt.Header = static header => header["kid"] = "unknown" },
        { "RFC 7515 §4.1.4", "a kid that is a path", Expect.BadToken("unknown_key"), static attempt => attempt.Header = static header => header["kid"] = "../../../dev/null" },
        { "RFC 7515 §4.1.4", "a kid in another case", Expect.BadToken("unknown_key"), static attempt => attempt.Header = static header => header["kid"] = "FIRST" },
        { "RFC 7515 §4.1.4", "a kid that is a number", Expect.BadToken("token_malformed"), static attempt => attempt.Header = static header => header["kid"] = 1 },
        { "RFC 7515 §4.1.4", "no kid, where one key alone is for the algorithm", Expect.Accepted, static attempt => attempt.Header = static header => header.Remove("kid") },
        { "RFC 7515 §4.1.11", "crit with an extension", Expect.BadToken("token_critical"), static attempt => attempt.Header = static header => (header["crit"], header["x"]) = (new JsonArray("x"), 1) },
        { "RFC 7515 §4.1.11", "crit that is empty", Expect.BadToken("token_critical"), static attempt => attempt.Header = static header => header["crit"] = new JsonArray() },
        { "RFC 7797 §3", "b64 false", Expect.BadToken("token_critical"), static attempt => attempt.Header = static header => (header["b64"], header["crit"]) = (false, new JsonArray("b64")) },
        { "RFC 7516 §4.1.3", "zip", Expect.BadToken("token_malformed"), static attempt => attempt.Header = static header => header["zip"] = "DEF" },
        { "RFC 7516 §4.1.2", "enc in the header of a signature", Expect.BadToken("token_encrypted"), static attempt => attempt.Header = static header => header["enc"] = "A256GCM" },
        { "RFC 7516 §7.1", "a JWE", Expect.BadToken("token_encrypted"), static attempt => attempt.Rewrite = static _ => Base64UrlEncoder.Encode("""{"alg":"dir","enc":"A256GCM"}""") + "..AAAA.AAAA.AAAA" },
        { "RFC 7515 §5.2", "a broken signature", Expect.BadToken("token_signature"), static attempt => attempt.Rewrite = Bends.BreakSignature },
        { "RFC 7515 §5.2", "no signature", Expect.BadToken("token_signature"), static attempt => attempt.Rewrite = static token => token[..(token.LastIndexOf('.') + 1)] },
        { "RFC 7515 §5.2", "other claims under the old signature", Expect.BadToken("token_signature"), static attempt => attempt.Rewrite = static token => Bends.RewriteClaims(token, static claims => claims["scope"] = "agent-brain:admin") },
        { "RFC 7518 §3.4", "a signature in DER", Expect.BadToken("token_signature"), static (attempt, world) => attempt.Rewrite = token => Sign(token, Bends.Der(world.Issuer.Keys[^1])) },
        { "CVE-2022-21449", "a signature of zeros", Expect.BadToken("token_signature"), static attempt => attempt.Rewrite = static token => Bends.Part(token, 2, static _ => new byte[64]) },
        { "RFC 7515 §2", "base64 with bits that say nothing", Expect.BadToken("token_malformed"), static attempt => attempt.Rewrite = static token => token[..^1] + (token[^1] == 'A' ? 'B' : (char)(token[^1] + 1)) },
        { "RFC 7515 §2", "padding", Expect.BadToken("token_malformed"), static attempt => attempt.Rewrite = static token => token + "==" },
        { "RFC 7515 §7.1", "two parts", Expect.BadToken("token_malformed"), static attempt => attempt.Rewrite = static token => token[..token.LastIndexOf('.')] },
        { "RFC 7515 §7.1", "four parts", Expect.BadToken("token_malformed"), static attempt => attempt.Rewrite = static token => token + ".AAAA" },
        { "RFC 7515 §7.2.2", "the JSON serialization", Expect.Syntax, static attempt => attempt.Rewrite = Bends.ToJson },
        { "RFC 7519 §4", "a claim twice, signed", Expect.BadToken("token_malformed"), static (attempt, world) => attempt.Rewrite = token => Bends.SignText(Bends.Texts(token).Header, Bends.Texts(token).Payload.Replace("{", "{\"sub\":\"mallory\",", StringComparison.Ordinal), world.Issuer.Keys[^1]) },
        { "RFC 7515 §4", "a header member twice, signed", Expect.BadToken("token_malformed"), static (attempt, world) => attempt.Rewrite = token => Bends.SignText(Bends.Texts(token).Header.Replace("{", "{\"alg\":\"none\",", StringComparison.Ordinal), Bends.Texts(token).Payload, world.Issuer.Keys[^1]) },
        { "RFC 7519 §7.2", "a payload with a comment, signed", Expect.BadToken("token_malformed"), static (attempt, world) => attempt.Rewrite = token => Bends.SignText(Bends.Texts(token).Header, Bends.Texts(token).Payload + "/* */", world.Issuer.Keys[^1]) },
        { "RFC 7519 §7.2", "a payload that is an array, signed", Expect.BadToken("token_malformed"), static (attempt, world) => attempt.Rewrite = token => Bends.SignText(Bends.Texts(token).Header, $"[{Bends.Texts(token).Payload}]", world.Issuer.Keys[^1]) },
        { "RFC 7519 §11.1", "a JWT in a JWT", Expect.BadToken("token_malformed"), static (attempt, world) => attempt.Rewrite = token => Bends.SignText(Bends.Texts(token).Header, token, world.Issuer.Keys[^1]) },
    };

    public static TheoryData<string, string> Each => Cases.InEveryGeneration();

    [Theory]
    [MemberData(nameof(Each))]
    public async Task Only_what_the_issuer_signed_as_an_access_token_is_one(string row, string generation)
    {
        await PublishRsa();

        await Cases.Run(world, row, generation);

        // Whatever addresses a token names, nobody goes there.
        Assert.Equal(0, world.Stranger.KeyRequests);
    }

    /// <summary>An RSA key beside the EC key, in the same set.</summary>
    private async Task PublishRsa()
    {
        if (world.Issuer.Keys.Count > 1)
            return;

        world.Issuer.Keys = [SigningKey.Rsa("rsa"), .. world.Issuer.Keys];
        world.Time.Advance(TimeSpan.FromSeconds(31));
        var reply = await new Attempt(world) { SignedBy = world.Issuer.Keys[0] }.Send(Messages.Modern);
        Assert.Equal(Expect.Accepted, reply.Shape);
    }

    private static RSA Rsa(World world) => (RSA)world.Issuer.Keys[0].Pair;

    private static string Sign(string token, Func<byte[], byte[]> sign)
    {
        var parts = token.Split('.');
        return $"{parts[0]}.{parts[1]}.{Base64UrlEncoder.Encode(sign(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}")))}";
    }
}
