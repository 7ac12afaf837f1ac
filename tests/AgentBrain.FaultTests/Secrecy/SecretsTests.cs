using System.Text;

namespace AgentBrain.FaultTests.Secrecy;

/// <summary>What a search for secrets finds; one that finds nothing would prove nothing.</summary>
public sealed class SecretsTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("base64")]
    [InlineData("base64url")]
    [InlineData("hex")]
    [InlineData("percent")]
    [InlineData("json")]
    [InlineData("utf-16")]
    public void A_secret_is_found_in_every_form_wherever_it_begins_and_when_it_is_cut_off(string form)
    {
        const string Secret = "s3cret+/ &%-of-some-length-so-that-there-are-pieces-of-it-0123456789";
        var secrets = new Secrets();
        secrets.Keep("secret", Secret);
        for (var before = 0; before < 4; before++)
        {
            var text = new string('x', before) + Secret[..40];
            var bytes = Encoding.UTF8.GetBytes(text);
            var written = form switch
            {
                "plain" => bytes,
                "base64" => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)),
                "base64url" => Encoding.ASCII.GetBytes(System.Buffers.Text.Base64Url.EncodeToString(bytes)),
                "hex" => Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)),
                "percent" => Encoding.ASCII.GetBytes(Uri.EscapeDataString(text)),
                "json" => Encoding.ASCII.GetBytes(System.Text.Json.JsonSerializer.Serialize(text)),
                _ => Encoding.Unicode.GetBytes(text),
            };
            Assert.NotEmpty(secrets.FindIn("here", [1, 2, 3, .. written, 4]));
            Assert.Empty(secrets.FindIn("here", [.. written.Reverse()]));
        }
    }
}
