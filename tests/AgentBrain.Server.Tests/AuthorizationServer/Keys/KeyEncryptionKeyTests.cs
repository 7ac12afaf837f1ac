using System.Security.Cryptography;
using AgentBrain.Server.AuthorizationServer.Keys;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.Tests.AuthorizationServer.Keys;

/// <summary>Where the key-encryption key may come from, and what is none (SR-26).</summary>
public sealed class KeyEncryptionKeyTests : IDisposable
{
    private readonly KeyHome home = new();
    private readonly DataDirectory data;

    public KeyEncryptionKeyTests() => data = DataDirectory.Open(home.Data);

    public void Dispose()
    {
        data.Dispose();
        home.Dispose();
    }

    [Fact]
    public void A_file_gives_the_key()
    {
        var file = home.NewKek();

        var value = KeyEncryptionKey.Find(file, null, data).Seal("a", [7]);

        Assert.Equal([7], KeyEncryptionKey.Find(file, null, data).Open("a", value, isSealed: true));
    }

    [Fact]
    public void A_credential_of_systemd_gives_the_key_where_no_file_is_named()
    {
        var credential = home.NewKek("credentials/agent-brain-kek");
        var value = KeyEncryptionKey.Find(credential, null, data).Seal("a", [7]);

        Assert.Equal([7], KeyEncryptionKey.Find(null, Path.GetDirectoryName(credential), data).Open("a", value, isSealed: true));
    }

    [Fact]
    public void A_file_that_is_named_goes_before_the_credential()
    {
        var credential = home.NewKek("credentials/agent-brain-kek");
        var file = home.NewKek();

        var value = KeyEncryptionKey.Find(file, Path.GetDirectoryName(credential), data).Seal("a", [7]);

        Assert.Equal([7], KeyEncryptionKey.Find(file, null, data).Open("a", value, isSealed: true));
    }

    [Fact]
    public void Without_both_nothing_is_sealed()
    {
        Assert.False(KeyEncryptionKey.Find(null, null, data).IsSealing);
        Assert.False(KeyEncryptionKey.Find(null, "", data).IsSealing);
        Assert.False(KeyEncryptionKey.Find(null, home.Data, data).IsSealing);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("correct horse battery staple")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-_=")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    public void What_is_not_32_bytes_in_base64_is_no_key(string text)
    {
        var refused = Refusal(home.Write("kek", text));

        Assert.Contains("openssl rand -base64 32", refused, StringComparison.Ordinal);
        if (text.Length > 0)
            Assert.DoesNotContain(text, refused, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_stops_the_start() => Assert.Contains("which is no file", Refusal(Path.Combine(home.Data, "nowhere")), StringComparison.Ordinal);

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_that_others_can_read_or_change_stops_the_start(UnixFileMode more)
    {
        if (OperatingSystem.IsWindows())
            return;

        var file = home.NewKek();
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);

        Assert.Contains("chmod 600", Refusal(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_in_the_data_directory_stops_the_start_whatever_path_leads_there()
    {
        var inside = home.Write("data/kek", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var link = Path.Combine(home.Data, "..", "link");
        File.CreateSymbolicLink(link, inside);

        Assert.Contains("is in the data directory", Refusal(inside), StringComparison.Ordinal);
        Assert.Contains("is in the data directory", Refusal(link), StringComparison.Ordinal);
        Assert.Contains("is in the data directory", Refusal(Path.Combine(home.Data, "..", "data", "kek")), StringComparison.Ordinal);
    }

    private string Refusal(string file) => Assert.Throws<ConfigurationException>(() => KeyEncryptionKey.Find(file, null, data)).Message;
}
