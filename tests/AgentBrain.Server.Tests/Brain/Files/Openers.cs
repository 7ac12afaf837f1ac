using System.Collections.Frozen;
using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Tests.Brains.Files;

/// <summary>The ways to open a root; each test of the escape corpus runs with every one of them.</summary>
public static class Openers
{
    public const string OpenAt2 = "openat2";
    public const string OpenAt2Stepwise = "openat2 step by step";
    public const string OpenAt = "openat";
    public const string OpenAtStepwise = "openat step by step";
    public const string Portable = "portable";

    public static TheoryData<string> All => [OpenAt2, OpenAt2Stepwise, OpenAt, OpenAtStepwise, Portable];

    /// <summary>Those that must withstand a swap at any moment.</summary>
    public static TheoryData<string> Linux => [OpenAt2, OpenAt2Stepwise, OpenAt, OpenAtStepwise];

    internal static RootHandle Open(string strategy, string path, params IEnumerable<FileIdentity> owned)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The corpus needs Linux.");
        // With something owned the way is walked step by step, so an identity that nothing has makes the difference.
        var stepwise = strategy is OpenAt2Stepwise or OpenAtStepwise;
        var identities = owned.Concat(stepwise ? [new FileIdentity(ulong.MaxValue, 0)] : []).ToFrozenSet();
        return strategy switch
        {
            OpenAt2 or OpenAt2Stepwise => LinuxRootHandle.Open(path, identities, new OpenAt2Opener()),
            OpenAt or OpenAtStepwise => LinuxRootHandle.Open(path, identities, new OpenAtOpener()),
            _ => PortableRootHandle.Open(path, identities),
        };
    }
}
