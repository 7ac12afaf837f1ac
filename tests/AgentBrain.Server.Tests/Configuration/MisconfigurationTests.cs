using AgentBrain.Server.Configuration;
using AgentBrain.Server.Hosting;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.Extensions.Configuration;

namespace AgentBrain.Server.Tests.Configuration;

public sealed class MisconfigurationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("brain-config-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("none", "AGENT_BRAIN_AUTH=None", "must be none, basic or oauth")]
    [InlineData("none", "AGENT_BRAIN_AUTH=off", "must be none, basic or oauth")]
    [InlineData("none", "urls=http://0.0.0.0:0", "AGENT_BRAIN_AUTH is none")]
    [InlineData("none", "urls=http://*:0", "AGENT_BRAIN_AUTH is none")]
    [InlineData("none", "urls=http://[::]:0", "AGENT_BRAIN_AUTH is none")]
    [InlineData("none", "urls=http://127.0.0.1:0;http://192.0.2.1:0", "AGENT_BRAIN_AUTH is none")]
    [InlineData("none", "urls=http://0.0.0.0:0 AGENT_BRAIN_ALLOW_INSECURE=192.0.2.1", "AGENT_BRAIN_AUTH is none")]
    [InlineData("none", "urls=http://127.0.0.1:0 AGENT_BRAIN_ALLOW_INSECURE=0.0.0.0", "which --urls does not bind")]
    [InlineData("none", "AGENT_BRAIN_ALLOW_INSECURE=true", "must be the IP address")]
    [InlineData("none", "urls=http://brain.example:0", "which is no http or https address")]
    [InlineData("none", "urls=http://unix:/tmp/x", "which is no http or https address")]
    [InlineData("none", "urls=nonsense", "which is no http or https address")]
    [InlineData("none", "urls=http://localhost:0", "port 0")]
    [InlineData("none", "urls=https://127.0.0.1:0", "AGENT_BRAIN_TLS_CERT")]
    [InlineData("none", "AGENT_BRAIN_DPOP=required", "AGENT_BRAIN_DPOP is set while AGENT_BRAIN_AUTH is none")]
    [InlineData("basic", "AGENT_BRAIN_REDIS=localhost", "AGENT_BRAIN_REDIS is set while AGENT_BRAIN_AUTH is basic")]
    [InlineData("none", "AGENT_BRAIN_KEK_FILE=kek", "AGENT_BRAIN_KEK_FILE is set while AGENT_BRAIN_AUTH is none")]
    [InlineData("none", "AGENT_BRAIN_AUDIT_ANCHOR=file", "AGENT_BRAIN_AUDIT_ANCHOR is set, and this build does not have the part")]
    [InlineData("none", "AGENT_BRAIN_PUBLIC_URL=https://brain.example", "AGENT_BRAIN_PUBLIC_URL")]
    [InlineData("none", "AGENT_BRAIN_PUBLIC_URL=ftp://localhost", "AGENT_BRAIN_PUBLIC_URL")]
    [InlineData("none", "AGENT_BRAIN_PUBLIC_URL=http://user@localhost", "AGENT_BRAIN_PUBLIC_URL")]
    [InlineData("none", "AGENT_BRAIN_PUBLIC_URL=http://localhost/path?x", "AGENT_BRAIN_PUBLIC_URL")]
    [InlineData("none", "AGENT_BRAIN_OAUTH_ISSUER=https://as.example", "AGENT_BRAIN_OAUTH_ISSUER is set while")]
    [InlineData("none", "AGENT_BRAIN_OAUTH_SOMETHING=1", "AGENT_BRAIN_OAUTH_*")]
    [InlineData("none", "AGENT_BRAIN_BRAINS_FILE=brains.json", "AGENT_BRAIN_BRAINS_FILE")]
    [InlineData("none", "AGENT_BRAIN_BASIC_SECRET=x", "AGENT_BRAIN_BASIC_SECRET")]
    [InlineData("none", "AGENT_BRAIN_TRUSTED_PROXIES=10.0.0.0/8", "AGENT_BRAIN_TRUSTED_PROXIES")]
    [InlineData("none", "AGENT_BRAIN_ALLOWED_ORIGINS=*", "AGENT_BRAIN_ALLOWED_ORIGINS")]
    [InlineData("none", "AGENT_BRAIN_ALLOWED_ORIGINS=null", "AGENT_BRAIN_ALLOWED_ORIGINS")]
    [InlineData("none", "AGENT_BRAIN_ALLOWED_ORIGINS=https://App.example", "AGENT_BRAIN_ALLOWED_ORIGINS")]
    [InlineData("none", "AGENT_BRAIN_TLS_CERT=/nowhere/cert.pem", "go together")]
    [InlineData("none", "AGENT_BRAIN_TLS_CERT=/nowhere/cert.pem AGENT_BRAIN_TLS_KEY=/nowhere/key.pem", "is no file")]
    [InlineData("none", "AGENT_BRAIN_MAX_FILE_BYTES=-1", "AGENT_BRAIN_MAX_FILE_BYTES")]
    [InlineData("none", "AGENT_BRAIN_MAX_FILE_BYTES=1e6", "AGENT_BRAIN_MAX_FILE_BYTES")]
    [InlineData("none", "AGENT_BRAIN_ROOTS=/nowhere/at/all", "is no directory")]
    [InlineData("none", "AGENT_BRAIN_ROOTS=DATA", "lies in the data directory")]
    [InlineData("none", "AGENT_BRAIN_ROOTS=DATA/inside", "lies in the data directory")]
    [InlineData("none", "AGENT_BRAIN_ROOTS=LINK", "lies in the data directory")]
    [InlineData("none", "AGENT_BRAIN_DATA=/dev/null/x", "AGENT_BRAIN_DATA")]
    [InlineData("basic", "AGENT_BRAIN_BASIC_SECRET=q7Vb2kXw9Zr4Ty6Lm1Np8Hs3Gd5Fc0JaeUiOo", "are both set")]
    [InlineData("basic", "AGENT_BRAIN_BASIC_SECRET_FILE=", "needs a secret")]
    [InlineData("basic", "AGENT_BRAIN_BASIC_SECRET_FILE=/nowhere", "is no file")]
    [InlineData("basic", "AGENT_BRAIN_OAUTH_ISSUER=https://as.example", "AGENT_BRAIN_OAUTH_ISSUER is set while")]
    [InlineData("basic", "AGENT_BRAIN_ALLOW_INSECURE=0.0.0.0", "AGENT_BRAIN_ALLOW_INSECURE")]
    [InlineData("basic", "AGENT_BRAIN_BRAINS_FILE=brains.json", "AGENT_BRAIN_BRAINS_FILE")]
    [InlineData("basic", "urls=http://0.0.0.0:0", "AGENT_BRAIN_PUBLIC_URL")]
    [InlineData("basic", "urls=http://0.0.0.0:0 AGENT_BRAIN_PUBLIC_URL=http://brain.example", "https://")]
    [InlineData("basic", "urls=http://0.0.0.0:0 AGENT_BRAIN_PUBLIC_URL=https://brain.example", "AGENT_BRAIN_TRUSTED_PROXIES")]
    [InlineData("basic", "AGENT_BRAIN_PUBLIC_URL=https://brain.example", "AGENT_BRAIN_TRUSTED_PROXIES")]
    [InlineData("basic", "AGENT_BRAIN_TRUSTED_PROXIES=10.0.0.1", "AGENT_BRAIN_TRUSTED_PROXIES")]
    [InlineData("basic", "AGENT_BRAIN_TRUSTED_PROXIES=0.0.0.0/0", "AGENT_BRAIN_TRUSTED_PROXIES")]
    public async Task A_misconfiguration_is_one_sentence_and_exit_code_2(string mode, string settings, string sentence)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        Directory.CreateDirectory(Path.Combine(data, "inside"));
        var link = Path.Combine(folder, "link");
        Directory.CreateSymbolicLink(link, data);
        var more = settings.Replace("DATA/", data + "/").Replace("=DATA", "=" + data).Replace("LINK", link).Split(' ').Select(setting => "--" + setting).ToArray();

        var (exit, error, output) = await Run([.. TestBrain.Arguments(mode, folder, more)]);

        Assert.Equal(2, exit);
        Assert.Contains(sentence, error);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.DoesNotContain("   at ", error);
        Assert.Empty(output);
        Assert.DoesNotContain(TestBrain.Secret, error);
    }

    [Fact]
    public void Addresses_that_a_settings_file_gives_to_Kestrel_itself_are_refused()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Kestrel:Endpoints:x:Url", "http://0.0.0.0:0")]).Build();

        var refusal = Assert.Throws<ConfigurationException>(() => SettingsReader.Read(configuration, Path.Combine(folder, "data"), folder));

        Assert.Contains("Kestrel:Endpoints is not read", refusal.Message);
    }

    [Theory]
    [InlineData("short", "too easy")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "too easy")]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456789abcdefghijkl", "too easy")]
    [InlineData("passwordpasswordpasswordpasswordpasswordpassword", "too easy")]
    [InlineData("correcthorsebatterystaple1234567", "too easy")]
    [InlineData("0123456789012345678901234567890123456789", "too easy")]
    [InlineData("d41d8cd98f00b204e9800998ecf8427e", "too easy")]
    [InlineData("q7Vb2kXw9Zr4Ty6L m1Np8Hs3Gd5Fc0JaeUiOo", "character")]
    [InlineData("q7Vb2kXw9Zr4Ty6Lm1Np8Hs3Gd5Fc0JaeUiOö", "character")]
    [InlineData(TestBrain.Secret + "\n" + TestBrain.Secret, "twice")]
    [InlineData(TestBrain.Secret + "\n" + TestBrain.SecondSecret + "\n" + TestBrain.SecondSecret + "3", "holds 3")]
    [InlineData("\n\n", "holds 0")]
    public async Task A_weak_secret_is_refused_with_the_way_to_make_a_better_one(string secret, string sentence)
    {
        var (exit, error, _) = await Run(WithSecret(secret));

        Assert.Equal(2, exit);
        Assert.Contains(sentence, error);
        if (secret.Trim() is { Length: > 0 } text)
            Assert.DoesNotContain(text, error);
        if (sentence != "twice")
            Assert.Contains("openssl rand -base64 48", error);
    }

    [Fact]
    public async Task A_secret_that_others_can_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;

        var arguments = WithSecret(TestBrain.Secret);
        File.SetUnixFileMode(Path.Combine(folder, "secret"), (UnixFileMode)0x1A4);

        var (exit, error, _) = await Run(arguments);

        Assert.Equal(2, exit);
        Assert.Contains("chmod 600", error);
    }

    [Theory]
    [InlineData(0b110_000_100)]
    [InlineData(0b110_000_010)]
    [InlineData(0b110_010_000)]
    public async Task A_key_that_others_can_read_or_change_is_refused_even_behind_a_link(int mode)
    {
        if (OperatingSystem.IsWindows())
            return;

        var (certificate, key, link) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"), Path.Combine(folder, "link.pem"));
        await File.WriteAllTextAsync(certificate, "");
        await File.WriteAllTextAsync(key, "");
        File.SetUnixFileMode(key, (UnixFileMode)mode);
        File.CreateSymbolicLink(link, key);

        foreach (var path in new[] { key, link })
        {
            var (exit, error, _) = await Run(TestBrain.Arguments("none", folder, $"--AGENT_BRAIN_TLS_CERT={certificate}", $"--AGENT_BRAIN_TLS_KEY={path}"));

            Assert.Equal(2, exit);
            Assert.Contains($"AGENT_BRAIN_TLS_KEY names {path}, which others on this machine can read or change; run: chmod 600 {path}", error);
            Assert.Single(error.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_is_told_so()
    {
        var arguments = TestBrain.Arguments("none", folder);
        await using var first = AgentBrainHost.Create(arguments, static _ => { });

        var (exit, error, _) = await Run(arguments);

        Assert.Equal(2, exit);
        Assert.Contains("another agent-brain process", error);
    }

    [Fact]
    public async Task A_taken_port_is_one_sentence()
    {
        await using var brain = await TestBrain.StartNone();

        var (exit, error, _) = await Run(TestBrain.Arguments("none", folder, $"--urls=http://127.0.0.1:{brain.Port}"));

        Assert.Equal(2, exit);
        Assert.Contains("whose port another program is using", error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private string[] WithSecret(string secret)
    {
        var arguments = TestBrain.Arguments("basic", folder);
        File.WriteAllText(Path.Combine(folder, "secret"), secret);
        return arguments;
    }

    private static async Task<(int Exit, string Error, string Output)> Run(string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var exit = await new CommandLine(static _ => { }, output, error).RunAsync(arguments, limit.Token);
        return (exit, error.ToString(), output.ToString());
    }
}
