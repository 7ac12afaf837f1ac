using System.Text;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>The server's <c>extract</c> command: confines this process and then parses documents for its parent.</summary>
internal static class ExtractionCommand
{
    /// <summary>Serves stdin and stdout until stdin ends. Returns the exit code.</summary>
    public static async Task<int> RunAsync()
    {
        // Nothing of a document is read before the process has given up what it does not need.
        var unconfined = ProcessConfinement.Apply();
        await using var input = Console.OpenStandardInput();
        await using var output = Console.OpenStandardOutput();
        try
        {
            await new ExtractionFrame((byte)ExtractionStatus.Ready, Encoding.UTF8.GetBytes(unconfined ?? "")).WriteAsync(output, CancellationToken.None);
            await new ExtractionWorker(LimitsFromParent()).RunAsync(input, output, CancellationToken.None);
            return 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // The parent went away or spoke another language; it learns so from the exit code.
            return 1;
        }
    }

    private static ExtractionLimits LimitsFromParent()
    {
        var limits = new ExtractionLimits();
        return limits with
        {
            MaxTextLength = Number(ExtractionEnvironment.MaxTextLength, limits.MaxTextLength),
            MaxPages = Number(ExtractionEnvironment.MaxPages, limits.MaxPages),
        };
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;
}
