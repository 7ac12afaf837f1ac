namespace AgentBrain.IntegrationTests.Infrastructure;

/// <summary>The browser of the machine.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    /// <summary>The program's path; without one the test is skipped, or fails on a build server.</summary>
    public static string Require()
    {
        var path = Find();
        Requires.OrSkip(path is null ? "there is no Chromium on the path: install it (Debian's package is called chromium)." : null);
        return path!;
    }

    private static string? Find() =>
        (from directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         from name in Names
         from file in new[] { name, name + ".exe" }
         select Path.Combine(directory, file)).FirstOrDefault(File.Exists);
}
