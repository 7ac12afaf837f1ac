using System.Runtime.InteropServices;

namespace AgentBrain.IntegrationTests.Infrastructure;

/// <summary>The built server beside the tests, and how to run it.</summary>
internal static class ServerProgram
{
    public static string Assembly => Path.Combine(AppContext.BaseDirectory, "AgentBrain.Server.dll");

    /// <summary>The <c>dotnet</c> that runs these tests; it need not be the first of the path.</summary>
    public static string Dotnet
    {
        get
        {
            var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
            var beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
            return Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? (File.Exists(beside) ? beside : name);
        }
    }

    /// <summary>The variables of a server: those given, and none that this machine happens to have set.</summary>
    public static Dictionary<string, string?> Variables(string data, string roots, string? secret)
    {
        var variables = new Dictionary<string, string?>();
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (name.StartsWith("AGENT_BRAIN_", StringComparison.OrdinalIgnoreCase) || name is "ASPNETCORE_URLS" or "URLS" or "HTTP_PORTS" or "ASPNETCORE_HTTP_PORTS")
                variables[name] = null;
        }

        variables["AGENT_BRAIN_DATA"] = data;
        variables["AGENT_BRAIN_ROOTS"] = roots;
        variables["AGENT_BRAIN_AUTH"] = secret is null ? "none" : "basic";
        variables["AGENT_BRAIN_BASIC_SECRET"] = secret;
        return variables;
    }
}
