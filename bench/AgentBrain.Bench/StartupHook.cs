using AgentBrain.Bench;

/// <summary>
/// What the runtime calls in a measured server before the server's own code (<c>DOTNET_STARTUP_HOOKS</c>); it looks for a class of this
/// name outside of any namespace.
/// </summary>
#pragma warning disable MA0047 // The runtime wants it so.
internal static class StartupHook
#pragma warning restore MA0047
{
    /// <summary>Lets the server tell what it uses.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(UsagePipe.Variable) is { Length: > 0 } name)
            new Thread(() => UsagePipe.Answer(name)) { IsBackground = true, Name = "bench usage" }.Start();
    }
}
