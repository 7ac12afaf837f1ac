using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>An authenticator with one ES256 key (WebAuthn §6), that also does what an honest one would not.</summary>
internal sealed class SoftwareAuthenticator : IDisposable
{
    private const byte UserPresent = 0x01;
    private const byte UserVerified = 0x04;
    private const byte HasCredential = 0x40;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(20);
    private string _userHandle = "";

    public required string Origin { get; set; }

    public string? RelyingParty { get; set; }

    public bool Verifies { get; set; } = true;

    public bool IsPacked { get; set; }

    public bool IsFramed { get; set; }

    public string? Challenge { get; set; }

    public uint Count { get; set; }

    /// <summary>Makes the credential.</summary>
    public string Create(string optionsJson)
    {
        var options = JsonNode.Parse(optionsJson)!;
        _userHandle = options["user"]!["id"]!.GetValue<string>();
        var clientData = ClientData("webauthn.create", options);
        var data = Data(options["rp"]!["id"]!.GetValue<string>(), HasCredential, [.. new byte[16], .. Big((ushort)_id.Length), .. _id, .. PublicKey()]);
        var statement = IsPacked
            ? [0xA2, .. Text("alg"), 0x26, .. Text("sig"), .. Bytes(Sign(data, clientData))]
            : new byte[] { 0xA0 };
        byte[] attestation = [0xA3, .. Text("fmt"), .. Text(IsPacked ? "packed" : "none"), .. Text("attStmt"), .. statement, .. Text("authData"), .. Bytes(data)];
        return Credential(new JsonObject
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(clientData),
            ["attestationObject"] = Base64Url.EncodeToString(attestation),
            ["transports"] = new JsonArray("internal"),
        });
    }

    /// <summary>Signs a challenge.</summary>
    public string Get(string optionsJson)
    {
        var options = JsonNode.Parse(optionsJson)!;
        var clientData = ClientData("webauthn.get", options);
        var data = Data(options["rpId"]!.GetValue<string>(), 0, []);
        return Credential(new JsonObject
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(clientData),
            ["authenticatorData"] = Base64Url.EncodeToString(data),
            ["signature"] = Base64Url.EncodeToString(Sign(data, clientData)),
            ["userHandle"] = _userHandle,
        });
    }

    public void Dispose() => _key.Dispose();

    private string Credential(JsonObject response)
    {
        var id = Base64Url.EncodeToString(_id);
        return new JsonObject { ["id"] = id, ["rawId"] = id, ["type"] = "public-key", ["response"] = response, ["clientExtensionResults"] = new JsonObject() }.ToJsonString();
    }

    private byte[] ClientData(string type, JsonNode options) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type,
        challenge = Challenge ?? options["challenge"]!.GetValue<string>(),
        origin = Origin,
        crossOrigin = IsFramed,
    });

    private byte[] Data(string relyingParty, byte flags, byte[] credential)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, Count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(RelyingParty ?? relyingParty)), (byte)(flags | UserPresent | (Verifies ? UserVerified : 0)), .. count, .. credential];
    }

    private byte[] Sign(byte[] data, byte[] clientData) => _key.SignData([.. data, .. SHA256.HashData(clientData)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>COSE_Key: kty 2 (EC2), alg -7 (ES256), crv 1 (P-256), x, y.</summary>
    private byte[] PublicKey()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, .. Bytes(point.X!), 0x22, .. Bytes(point.Y!)];
    }

    private static byte[] Text(string text) => [(byte)(0x60 + text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Bytes(byte[] bytes) => bytes.Length < 256 ? [0x58, (byte)bytes.Length, .. bytes] : [0x59, .. Big((ushort)bytes.Length), .. bytes];

    private static byte[] Big(ushort number) => [(byte)(number >> 8), (byte)number];
}
