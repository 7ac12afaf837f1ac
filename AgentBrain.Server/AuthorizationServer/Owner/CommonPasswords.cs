using System.Text;

namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// The passwords that many people use, most used first: some fifty thousand, in lower case. The list is read through for each
/// password that is set, which is seldom, instead of being held in memory for ever.
/// </summary>
internal static class CommonPasswords
{
    private const string Resource = "AgentBrain.Server.CommonPasswords";

    /// <summary>Is one of these texts, in lower case, in the list?</summary>
    public static bool ContainsAny(IReadOnlySet<string> candidates) => Read().Any(candidates.Contains);

    /// <summary>All of them.</summary>
    public static IEnumerable<string> Read()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException("The program was built without the list of common passwords.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            // The first lines are the list's licence.
            if (!line.StartsWith('#'))
                yield return line;
        }
    }
}
