using System.Security.Cryptography;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.Configuration;

public sealed class SettingsTests : IDisposable
{
    private readonly string folder = RealPath.Of(Directory.CreateTempSubdirectory("brain-settings-").FullName);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Roots_are_real_paths_without_overlap_and_with_labels_of_their_own()
    {
        var (a, inner, other) = (Make("one/docs"), Make("one/docs/inner"), Make("two/docs"));
        var link = Path.Combine(folder, "link");
        Directory.CreateSymbolicLink(link, Path.Combine(folder, "two"));
        var setting = string.Join(Path.PathSeparator, inner, a, a + "/", Path.Combine(link, "docs"), Path.Combine(folder, "one", "..", "one", "docs"));

        var roots = RootResolver.Resolve(setting, folder, Make("data"));

        Assert.Equal([a, other], roots.Select(root => root.Path));
        Assert.Equal(["docs", "docs-2"], roots.Select(root => root.Label));
    }

    [Fact]
    public void The_current_directory_is_the_root_when_none_is_named_and_may_contain_the_data()
    {
        var root = Assert.Single(RootResolver.Resolve(null, folder, Make("data")));

        Assert.Equal(folder, root.Path);
    }

    [Fact]
    public void A_circle_of_links_is_no_root()
    {
        Directory.CreateSymbolicLink(Path.Combine(folder, "x"), Path.Combine(folder, "y"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "y"), Path.Combine(folder, "x"));

        Assert.Throws<ConfigurationException>(() => RootResolver.Resolve(Path.Combine(folder, "x"), folder, Make("data")));
    }

    [Fact]
    public void The_data_directory_is_closed_to_others_and_locked()
    {
        var path = Make("data");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0x1FF);

        using (DataDirectory.Open(path))
        {
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
            Assert.Throws<ConfigurationException>(() => DataDirectory.Open(path));
        }

        DataDirectory.Open(path).Dispose();
    }

    [Fact]
    public void Random_secrets_are_strong_enough()
    {
        for (var i = 0; i < 200; i++)
        {
            Assert.True(SecretStrength.EstimateBits(Convert.ToBase64String(RandomNumberGenerator.GetBytes(48))) >= SecretStrength.MinBits);
            Assert.True(SecretStrength.EstimateBits(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))) >= SecretStrength.MinBits);
        }
    }

    [Fact]
    public void A_misspelled_setting_is_named()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("AGENT_BRAIN_PUBLIK_URL", "x"), new("AGENT_BRAIN_ROOTS", folder), new("OTHER", "y")]).Build();

        var settings = SettingsReader.Read(configuration, Make("data"), folder);

        Assert.Equal(["AGENT_BRAIN_PUBLIK_URL"], settings.UnknownNames);
        Assert.Equal("http://127.0.0.1:8765", settings.BaseUrl);
    }

    [Fact]
    public void A_port_variable_of_a_container_image_is_judged_like_an_address()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("http_ports", "8080"), new("AGENT_BRAIN_ROOTS", folder)]).Build();

        var exception = Assert.Throws<ConfigurationException>(() => SettingsReader.Read(configuration, Make("data"), folder));

        Assert.Contains("which others can reach", exception.Message);
    }

    [Fact]
    public async Task A_settings_file_in_the_indexed_directory_configures_nothing()
    {
        var before = Directory.GetCurrentDirectory();
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), """{"AGENT_BRAIN_ALLOWED_ORIGINS":"https://evil.example"}""");
        try
        {
            Directory.SetCurrentDirectory(folder);
            await using var brain = await TestBrain.StartNone();

            Assert.Empty(brain.Services.GetRequiredService<ServerSettings>().AllowedOrigins);
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    private string Make(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
}
