using System.Diagnostics;
using System.Globalization;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>The child's environment: nothing of the parent's but what .NET needs to start, so that no secret is there to be read.</summary>
internal static class ExtractionEnvironment
{
    /// <summary>Carries <see cref="ExtractionLimits.MaxTextLength"/>.</summary>
    public const string MaxTextLength = "AGENTBRAIN_EXTRACT_MAX_TEXT";

    /// <summary>Carries <see cref="ExtractionLimits.MaxPages"/>.</summary>
    public const string MaxPages = "AGENTBRAIN_EXTRACT_MAX_PAGES";

    // Where the runtime is found; on Windows the loader and the random number generator need SystemRoot.
    private static readonly string[] Kept = ["DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "SystemRoot"];

    /// <summary>Replaces the environment of <paramref name="start"/>.</summary>
    public static void Apply(ProcessStartInfo start, ExtractionLimits limits)
    {
        start.Environment.Clear();
        foreach (var name in Kept)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                start.Environment[name] = value;
        }

        // No diagnostics socket: whoever can open it may attach. The collector keeps the heap below the limit; the rest of it is
        // for code, stacks and the runtime itself.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = (limits.MaxMemoryBytes / 4 * 3).ToString("X", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment[MaxTextLength] = limits.MaxTextLength.ToString(CultureInfo.InvariantCulture);
        start.Environment[MaxPages] = limits.MaxPages.ToString(CultureInfo.InvariantCulture);
    }
}
