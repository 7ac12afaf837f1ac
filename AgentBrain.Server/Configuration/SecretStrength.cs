namespace AgentBrain.Server.Configuration;

/// <summary>Estimates how hard a shared secret is to guess, to refuse what a person made up.</summary>
internal static class SecretStrength
{
    /// <summary>Fewest characters of a secret.</summary>
    public const int MinLength = 32;

    /// <summary>Fewest bits by <see cref="EstimateBits"/>.</summary>
    public const double MinBits = 128;

    /// <summary>
    /// An upper estimate in bits: each character counts log2 of the number of different characters in the secret, and characters
    /// that continue a run (the same again, the next or the previous code point) or repeat what stood before count almost nothing.
    /// 48 random bytes in base64 give about 330, 32 hexadecimal digits about 115 (so 64 of them are asked for), a sentence far less.
    /// </summary>
    public static double EstimateBits(string secret)
    {
        var perCharacter = Math.Log2(Math.Max(1, secret.Distinct().Count()));
        var bits = 0d;
        for (var i = 0; i < secret.Length; i++)
            bits += ContinuesRun(secret, i) || RepeatsEarlier(secret, i) ? 0.1 : perCharacter;

        return bits;
    }

    private static bool ContinuesRun(string secret, int i) => i > 0 && Math.Abs(secret[i] - secret[i - 1]) <= 1;

    /// <summary>Is this character the end of four that stand together earlier as well?</summary>
    private static bool RepeatsEarlier(string secret, int i) =>
        i >= 7 && secret.AsSpan(0, i - 3).IndexOf(secret.AsSpan(i - 3, 4), StringComparison.Ordinal) >= 0;
}
