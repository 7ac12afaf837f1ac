using System.Collections.Immutable;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>The command line that starts the extraction child.</summary>
/// <param name="FileName">The program.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record ExtractionProgram(string FileName, ImmutableArray<string> Arguments)
{
    /// <summary>The argument by which the server becomes the child.</summary>
    public const string Argument = "extract";

    /// <summary>This same program, started as <c>… extract</c>.</summary>
    /// <exception cref="InvalidOperationException">The platform does not say where this program is.</exception>
    public static ExtractionProgram Current()
    {
        var process = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        if (!Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            return new ExtractionProgram(process, [Argument]);

        // Environment's first argument is the assembly that dotnet was given.
        var assembly = Path.GetFullPath(Environment.GetCommandLineArgs()[0]);
        return new ExtractionProgram(process, [assembly, Argument]);
    }
}
