using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

public sealed class SecretTests
{
    private const string Forty = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj";

    [Theory]
    [InlineData(".env")]
    [InlineData(".ENV.Production")]
    [InlineData("server.PEM")]
    [InlineData("a.key")]
    [InlineData("a.p12")]
    [InlineData("a.pfx")]
    [InlineData("a.jks")]
    [InlineData("a.keystore")]
    [InlineData("a.kdbx")]
    [InlineData("id_rsa")]
    [InlineData("id_rsa.md")]
    [InlineData("id_ed25519_work")]
    [InlineData("id_ecdsa")]
    [InlineData("id_dsa")]
    [InlineData(".netrc")]
    [InlineData(".pgpass")]
    [InlineData(".npmrc")]
    [InlineData(".pypirc")]
    [InlineData(".git-credentials")]
    [InlineData(".htpasswd")]
    [InlineData("credentials")]
    [InlineData("Credentials.json")]
    [InlineData("terraform.tfstate.backup")]
    [InlineData("secrets.json")]
    [InlineData("service-account-prod.json")]
    [InlineData("x/.ssh/config.md")]
    [InlineData(".AWS/a/b.txt")]
    [InlineData(".kube/config.yaml")]
    [InlineData(".docker/config.json")]
    [InlineData(".gnupg/a.txt")]
    public void A_secret_name_is_known(string path) => Assert.True(SecretNames.IsSecretPath(path));

    [Theory]
    [InlineData(".env.example")]
    [InlineData(".env.local.sample")]
    [InlineData(".env.template")]
    [InlineData("environment.md")]
    [InlineData("id_rsa.pub")]
    [InlineData("keyboard.md")]
    [InlineData("credentials.md")]
    [InlineData("service-accounts.md")]
    [InlineData("ssh/config.md")]
    [InlineData("x.ssh/a.md")]
    public void A_name_that_only_resembles_one_is_not(string path) => Assert.False(SecretNames.IsSecretPath(path));

    // Put together here, so that no scanner takes this file for a leak.
    public static TheoryData<string> Secrets =>
    [
        "-----BEGIN " + "PRIVATE KEY-----\n" + Forty,
        "-----BEGIN RSA " + "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011\n\n" + Forty,
        "{\"private_key\": \"-----BEGIN " + "PRIVATE KEY-----\\n" + Forty,
        "-----BEGIN OPENSSH " + "PRIVATE KEY-----\r\n    " + Forty,
        "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n" + Forty,
        "example: -----BEGIN " + "PRIVATE KEY-----\n...\n" + new string(' ', 600) + "real: -----BEGIN EC " + "PRIVATE KEY-----\n" + Forty,
        "AGE-SECRET-" + "KEY-1" + new string('Q', 58),
        "PuTTY-User-" + "Key-File-3: ssh-ed25519",
        "key=AK" + "IAABCDEFGHIJKLMNOP;",
        "AK" + "IAIOSFODNN7EXAMPLE and AK" + "IAABCDEFGHIJKLMNOP",
        "gh" + "p_" + new string('a', 36),
        "github" + "_pat_" + new string('a', 60),
        "xox" + "b-123456789012-abcdefghijkl",
        "AI" + "za" + new string('x', 35),
        "sk_" + "live_" + new string('1', 24),
    ];

    [Theory, MemberData(nameof(Secrets))]
    public void A_secret_is_found_wherever_it_stands(string secret)
    {
        Assert.True(SecretContent.IsSecret(secret));
        Assert.True(SecretContent.IsSecret(new string('x', 100_000) + "\n" + secret + "\n" + new string('y', 100_000)));
    }

    [Theory]
    [InlineData("A key starts with -----BEGIN PRIVATE KEY----- and ends with -----END PRIVATE KEY-----.")]
    [InlineData("-----BEGIN PUBLIC KEY-----\n" + Forty)]
    [InlineData("AKIAIOSFODNN7EXAMPLE")]
    [InlineData("AKIASHORT")]
    [InlineData("ghp_short")]
    [InlineData("sk_test_111111111111111111111111")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")]
    public void What_only_resembles_a_secret_is_none(string text) => Assert.False(SecretContent.IsSecret(text));

    [Fact]
    public void A_large_text_full_of_beginnings_is_searched_in_linear_time()
    {
        var text = string.Concat(Enumerable.Repeat("-----BEGIN PRIVATE KEY----- xoxb-1 ghp_aaaa AKIA ", 200_000));
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Assert.False(SecretContent.IsSecret(text));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }
}
