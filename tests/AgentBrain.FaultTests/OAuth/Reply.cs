using System.Text.RegularExpressions;

namespace AgentBrain.FaultTests.OAuth;

/// <summary>An answer of a server.</summary>
internal sealed partial record Reply(string Head, string Body)
{
    /// <summary>The connection ended without an answer.</summary>
    public static Reply None { get; } = new("", "");

    /// <summary>The status; 0 without an answer.</summary>
    public int Status { get; } = Head.Length > 12 ? int.Parse(Head.AsSpan(9, 3)) : 0;

    /// <summary>The reason code of a refusal.</summary>
    public string? Reason => ReasonCode().Match(Body) is { Success: true } match ? match.Groups["code"].Value : null;

    public bool IsAccepted => Status == 200;

    /// <summary>Redis did not answer in its time, so that nothing is known of the proof.</summary>
    public bool IsNoAnswerOfRedis => Status == 503 && Reason == Reasons.ReplayStoreUnavailable;

    /// <summary>A nonce for the next proof.</summary>
    public string? Nonce => Header("DPoP-Nonce");

    /// <summary>The value of a header, null without it.</summary>
    public string? Header(string name) => Head.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    public override string ToString() => $"{Status} {Reason}";

    [GeneratedRegex("\"reason\":\"(?<code>[a-z_]+)\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReasonCode();
}
