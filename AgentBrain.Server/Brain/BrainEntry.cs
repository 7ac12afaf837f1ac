namespace AgentBrain.Server.Brains;

/// <summary>A configured brain, open or not. One whose database cannot be opened is still a brain that callers are authorized for.</summary>
/// <param name="Definition">What configuration says of it.</param>
/// <param name="Brain">The brain in use, or null.</param>
/// <param name="Failure">Why it is not in use, or null.</param>
internal sealed record BrainEntry(BrainDefinition Definition, OpenBrain? Brain, BrainException? Failure)
{
    /// <summary>The entry of a brain in use.</summary>
    public static BrainEntry Of(OpenBrain brain) => new(brain.Definition, brain, null);

    /// <summary>The brain in use.</summary>
    /// <exception cref="BrainException">It could not be opened; the message names the fix.</exception>
    public OpenBrain Require() => Brain ?? throw new BrainException(Failure!.Fault, Failure.Reason, Failure.Message, Failure);
}
