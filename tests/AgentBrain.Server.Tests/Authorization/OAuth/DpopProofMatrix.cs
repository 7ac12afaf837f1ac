using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>Numbers 1 to 7 of RFC 9449 §4.3: the form of a proof, its key and its signature.</summary>
public sealed class DpopProofMatrix(World world) : IClassFixture<World>
{
    private static readonly Rows Cases = new()
    {
        { "RFC 9449 §4.3 (1)", "no DPoP header", Expect.BadProof("proof_missing"), static attempt => attempt.Proofs = static _ => [] },
        { "RFC 9449 §4.3 (1)", "the same proof twice", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = static proof => [proof, proof] },
        { "RFC 9449 §4.3 (1)", "two good proofs", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = proof => [proof, attempt.GoodProof()] },
        { "RFC 9449 §4.3 (1)", "two proofs in one header", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = proof => [$"{proof}, {attempt.GoodProof()}"] },
        { "RFC 9449 §4.3 (1)", "an empty header", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = static _ => [""] },
        { "RFC 9449 §4.3 (1)", "an empty header beside a good one", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = static proof => ["", proof] },
        { "RFC 9449 §4.3 (2)", "no JWT", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = static _ => ["junk"] },
        { "RFC 9449 §4.3 (2)", "two parts", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = static proof => [proof[..proof.LastIndexOf('.')]] },
        { "RFC 9449 §4.3 (2)", "four parts", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = static proof => [proof + ".AAAA"] },
        { "RFC 9449 §4.3 (2)", "the JSON serialization", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = static proof => [Bends.ToJson(proof)] },
        { "RFC 9449 §4.3 (2)", "padding", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = static proof => [proof + "=="] },
        { "RFC 9449 §4.3 (2)", "more than 8 KiB", Expect.BadProof("proof_malformed"), static attempt => attempt.ProofClaims = static claims => claims["x"] = new string('x', 8_192) },
        { "RFC 9449 §4.3 (2)", "a claim twice", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = proof => [Bends.SignText(Bends.Texts(proof).Header, Bends.Texts(proof).Payload.Replace("{", "{\"htm\":\"GET\",", StringComparison.Ordinal), attempt.Client.Key)] },
        { "RFC 9449 §4.3 (2)", "a header member twice", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = proof => [Bends.SignText(Bends.Texts(proof).Header.Replace("{\"typ\"", "{\"alg\":\"none\",\"typ\"", StringComparison.Ordinal), Bends.Texts(proof).Payload, attempt.Client.Key)] },
        { "RFC 9449 §4.3 (2)", "a payload that is an array", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = proof => [Bends.SignText(Bends.Texts(proof).Header, "[]", attempt.Client.Key)] },
        { "RFC 7515 §4.1.11", "crit", Expect.BadProof("proof_malformed"), static attempt => attempt.ProofHeader = static header => header["crit"] = new JsonArray("exp") },
        { "RFC 9449 §4.3 (3)", "no jti", Expect.BadProof("proof_claims"), static attempt => attempt.ProofClaims = static claims => claims.Remove("jti") },
        { "RFC 9449 §4.3 (3)", "an empty jti", Expect.BadProof("proof_claims"), static attempt => attempt.ProofClaims = static claims => claims["jti"] = "" },
        { "RFC 9449 §11.1", "a jti of 129 characters", Expect.BadProof("proof_claims"), static attempt => attempt.ProofClaims = static claims => claims["jti"] = new string('j', 129) },
        { "RFC 9449 §4.3 (3)", "a jti that is a number", Expect.BadProof("proof_claims"), static attempt => attempt.ProofClaims = static claims => claims["jti"] = 7 },
        { "RFC 9449 §4.3 (3)", "no htm", Expect.BadProof("proof_claims"), static attempt => attempt.ProofClaims = static claims => claims.Remove("htm") },
        { "RFC 9449 §4.3 (3)", "no htu", Expect.BadProof("proof_claims"), static attempt => attempt.ProofClaims = static claims => claims.Remove("htu") },
        { "RFC 9449 §4.3 (3)", "no iat", Expect.BadProof("proof_claims"), static attempt => attempt.ProofClaims = static claims => claims.Remove("iat") },
        { "RFC 9449 §4.3 (3)", "iat as text", Expect.BadProof("proof_claims"), static attempt => attempt.ProofClaims = static claims => claims["iat"] = claims["iat"]!.ToString() },
        { "RFC 9449 §4.3 (3)", "iat beyond all reason", Expect.BadProof("proof_claims"), static attempt => attempt.ProofClaims = static claims => claims["iat"] = 1e300 },
        { "RFC 9449 §4.3 (4)", "no typ", Expect.BadProof("proof_type"), static attempt => attempt.ProofHeader = static header => header.Remove("typ") },
        { "RFC 9449 §4.3 (4)", "typ JWT", Expect.BadProof("proof_type"), static attempt => attempt.ProofHeader = static header => header["typ"] = "JWT" },
        { "RFC 9449 §4.3 (4)", "typ at+jwt", Expect.BadProof("proof_type"), static attempt => attempt.ProofHeader = static header => header["typ"] = "at+jwt" },
        { "RFC 9449 §4.3 (4)", "typ DPOP+JWT", Expect.BadProof("proof_type"), static attempt => attempt.ProofHeader = static header => header["typ"] = "DPOP+JWT" },
        { "RFC 9449 §4.3 (4)", "the access token itself as the proof", Expect.BadProof("proof_type"), static attempt => attempt.Proofs = _ => [attempt.Token] },
        { "RFC 9449 §4.3 (5)", "alg none", Expect.BadProof("proof_algorithm"), static attempt => attempt.ProofHeader = static header => header["alg"] = "none" },
        { "RFC 9449 §4.3 (5)", "HS256 with the public key as the secret", Expect.BadProof("proof_algorithm"), static attempt => attempt.Proofs = proof => [Bends.Hmac(proof, ((ECDsa)attempt.Client.Key.Pair).ExportSubjectPublicKeyInfo())] },
        { "RFC 9449 §4.3 (5)", "ES512, which nobody allowed", Expect.BadProof("proof_algorithm"), static attempt => attempt.ProofHeader = static header => header["alg"] = "ES512" },
        { "RFC 9449 §4.3 (5)", "EdDSA, which nobody allowed", Expect.BadProof("proof_algorithm"), static attempt => attempt.ProofHeader = static header => header["alg"] = "EdDSA" },
        { "RFC 9449 §4.3 (5)", "es256 in lower case", Expect.BadProof("proof_algorithm"), static attempt => attempt.ProofHeader = static header => header["alg"] = "es256" },
        { "RFC 9449 §4.3 (5)", "no alg", Expect.BadProof("proof_algorithm"), static attempt => attempt.ProofHeader = static header => header.Remove("alg") },
        { "RFC 9449 §4.3 (5)", "ES384", Expect.Accepted, static (attempt, world) => attempt.Client = world.NewClient(SigningKey.EllipticCurve("p", "ES384")) },
        { "RFC 9449 §4.3 (5)", "RS256", Expect.Accepted, static (attempt, world) => attempt.Client = world.NewClient(SigningKey.Rsa("p")) },
        { "RFC 9449 §4.3 (5)", "PS256", Expect.Accepted, static (attempt, world) => attempt.Client = world.NewClient(SigningKey.Rsa("p", "PS256")) },
        { "RFC 9449 §4.3 (6)", "a broken signature", Expect.BadProof("proof_signature"), static attempt => attempt.Proofs = static proof => [Bends.BreakSignature(proof)] },
        { "RFC 9449 §4.3 (6)", "a signature by another key", Expect.BadProof("proof_signature"), static (attempt, world) => attempt.ProofSignature = world.NewClient().Key.Sign },
        { "RFC 9449 §4.3 (6)", "other claims under the old signature", Expect.BadProof("proof_signature"), static attempt => attempt.Proofs = static proof => [Bends.RewriteClaims(proof, static claims => claims["jti"] = "new")] },
        { "RFC 9449 §4.3 (6)", "no signature", Expect.BadProof("proof_malformed"), static attempt => attempt.Proofs = static proof => [proof[..(proof.LastIndexOf('.') + 1)]] },
        { "RFC 9449 §4.3 (6)", "a signature in DER", Expect.BadProof("proof_signature"), static attempt => attempt.ProofSignature = Bends.Der(attempt.Client.Key) },
        { "CVE-2022-21449", "a signature of zeros", Expect.BadProof("proof_signature"), static attempt => attempt.ProofSignature = static _ => new byte[64] },
        { "RFC 9449 §4.3 (6)", "a signature with RS256 that says PS256", Expect.BadProof("proof_signature"), static (attempt, world) => (attempt.Client, attempt.ProofHeader) = (world.NewClient(SigningKey.Rsa("p")), static header => header["alg"] = "PS256") },
        { "RFC 9449 §4.3 (7)", "a private key (d)", Expect.BadProof("proof_key"), static attempt => attempt.ProofHeader = static header => header["jwk"]!["d"] = "AAAA" },
        { "RFC 9449 §4.3 (7)", "a private RSA key (p)", Expect.BadProof("proof_key"), static (attempt, world) => (attempt.Client, attempt.ProofHeader) = (world.NewClient(SigningKey.Rsa("p")), static header => header["jwk"]!["p"] = "AAAA") },
        { "RFC 9449 §4.3 (7)", "a symmetric key (k)", Expect.BadProof("proof_key"), static attempt => attempt.ProofHeader = static header => header["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" } },
        { "RFC 9449 §4.2", "no jwk", Expect.BadProof("proof_key"), static attempt => attempt.ProofHeader = static header => header.Remove("jwk") },
        { "RFC 9449 §4.2", "a kid instead of a jwk", Expect.BadProof("proof_key"), static attempt => attempt.ProofHeader = static header => { header.Remove("jwk"); header["kid"] = "first"; } },
        { "RFC 9449 §4.2", "jwk as text", Expect.BadProof("proof_key"), static attempt => attempt.ProofHeader = static header => header["jwk"] = header["jwk"]!.ToJsonString() },
        { "RFC 7518 §6.2.1", "a P-384 key that says ES256", Expect.BadProof("proof_key"), static (attempt, world) => (attempt.Client, attempt.ProofHeader) = (world.NewClient(SigningKey.EllipticCurve("p", "ES384")), static header => header["alg"] = "ES256") },
        { "RFC 7518 §6.2.1", "a point that is not on the curve", Expect.BadProof("proof_key"), static attempt => OffTheCurve(attempt) },
        { "RFC 7518 §3.3", "an RSA key of 1024 bits", Expect.BadProof("proof_key"), static (attempt, world) => attempt.Client = world.NewClient(SigningKey.Rsa("p", bits: 1024)) },
        { "RFC 7518 §3.3", "an RSA key with the exponent 1, which signs nothing", Expect.BadProof("proof_key"), static (attempt, world) => (attempt.Client, attempt.ProofHeader) = (world.NewClient(SigningKey.Rsa("p")), static header => header["jwk"]!["e"] = "AQ") },
    };

    public static TheoryData<string, string> Each => Cases.InEveryGeneration();

    [Theory]
    [MemberData(nameof(Each))]
    public Task A_proof_is_one_signed_JWT_with_its_public_key(string row, string generation) => Cases.Run(world, row, generation, static attempt => attempt.Scheme = "DPoP");

    /// <summary>Binds the token to the thumbprint of a point that is none, so that nothing but the curve is wrong.</summary>
    private static void OffTheCurve(Attempt attempt)
    {
        var jwk = attempt.Client.Key.Public();
        var y = Base64UrlEncoder.DecodeBytes(jwk["y"]!.ToString());
        y[^1] ^= 1;
        var (x, wrong) = (jwk["x"]!.ToString(), Base64UrlEncoder.Encode(y));
        attempt.ProofHeader = header => header["jwk"]!["y"] = wrong;
        attempt.Claims = claims => claims["cnf"]!["jkt"] = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{wrong}}"}""")));
    }
}
