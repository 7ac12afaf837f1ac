using System.Net;
using AgentBrain.Server.AuthorizationServer.Owner;
using AgentBrain.Server.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.AuthorizationServer.Owner;

/// <summary>AGENT_BRAIN_OWNER_PASSWORD_FILE: read when there is no owner, and never again (SR-23).</summary>
public sealed class PasswordFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("password-file-").FullName;

    private string FilePath => Path.Combine(_folder, "password");

    [Fact]
    public async Task The_first_start_makes_the_owner_of_it()
    {
        Write(OwnerBrowser.Password + "\n");
        await using var brain = await OwnerBrowser.StartServer(null, $"--AGENT_BRAIN_OWNER_PASSWORD_FILE={FilePath}");

        using var browser = await OwnerBrowser.SignedIn(brain);
        using var account = await browser.Get("/account");

        Assert.Equal(HttpStatusCode.OK, account.StatusCode);
    }

    [Fact]
    public async Task With_an_owner_it_is_not_even_looked_at_so_an_old_password_never_comes_back()
    {
        Write(OwnerBrowser.Password);
        await using var brain = await OwnerBrowser.StartServer(null, $"--AGENT_BRAIN_OWNER_PASSWORD_FILE={FilePath}");
        Assert.Null(await brain.Services.GetRequiredService<OwnerReset>().SetPasswordAsync("a newer password than that one"));
        File.Delete(FilePath);

        await brain.Services.GetRequiredService<OwnerSetup>().ApplyPasswordFileAsync();

        using var browser = OwnerBrowser.Open(brain);
        using var old = await browser.SignIn();
        using var newer = await browser.SignIn("a newer password than that one");
        Assert.Equal(HttpStatusCode.Forbidden, old.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, newer.StatusCode);
    }

    [Fact]
    public async Task A_weak_password_in_it_stops_the_start()
    {
        Write("password1234");

        var exception = await Assert.ThrowsAsync<ConfigurationException>(() => OwnerBrowser.StartServer(null, $"--AGENT_BRAIN_OWNER_PASSWORD_FILE={FilePath}"));

        Assert.Contains("not good enough", exception.Message);
        Assert.DoesNotContain("password1234", exception.Message);
    }

    [Fact]
    public async Task A_file_that_others_can_read_stops_the_start()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are of Unix.");
        Write(OwnerBrowser.Password);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var exception = await Assert.ThrowsAsync<ConfigurationException>(() => OwnerBrowser.StartServer(null, $"--AGENT_BRAIN_OWNER_PASSWORD_FILE={FilePath}"));

        Assert.Contains("chmod 600", exception.Message);
    }

    [Fact]
    public async Task A_missing_file_stops_the_start()
    {
        var exception = await Assert.ThrowsAsync<ConfigurationException>(() => OwnerBrowser.StartServer(null, $"--AGENT_BRAIN_OWNER_PASSWORD_FILE={FilePath}"));

        Assert.Contains("AGENT_BRAIN_OWNER_PASSWORD_FILE", exception.Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string text)
    {
        File.WriteAllText(FilePath, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
