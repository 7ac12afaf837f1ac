namespace AgentBrain.Server.Brains;

/// <summary>Numbers of things, as sentences for people and models say them.</summary>
internal static class Counted
{
    /// <summary>"1 file", "2 files".</summary>
    /// <param name="number">How many.</param>
    /// <param name="noun">One of them.</param>
    /// <param name="plural">More of them, if that is not the noun with an s.</param>
    public static string Of(long number, string noun, string? plural = null) => $"{number} {(number == 1 ? noun : plural ?? noun + "s")}";
}
