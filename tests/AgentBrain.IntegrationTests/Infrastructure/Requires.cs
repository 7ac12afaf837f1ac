namespace AgentBrain.IntegrationTests.Infrastructure;

/// <summary>What a test needs of the machine.</summary>
internal static class Requires
{
    /// <summary>
    /// Skips the test with a reason where something is missing, so that a machine without it can run the others. Where
    /// <c>CI=true</c> it fails instead: a build server that quietly tests less would look as good as one that tests everything.
    /// </summary>
    /// <param name="missing">What is missing, as a sentence; null if nothing is.</param>
    public static void OrSkip(string? missing)
    {
        if (missing is null)
            return;

        Assert.False(IsBuildServer, $"CI=true, and {missing}");
        Assert.Skip(missing);
    }

    private static bool IsBuildServer => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);
}
