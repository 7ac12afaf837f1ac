namespace AgentBrain.FaultTests.OAuth;

/// <summary>Tests that measure time, or that need all of the machine: they run one after the other, and after the others.</summary>
[CollectionDefinition(nameof(Undisturbed), DisableParallelization = true)]
public sealed class Undisturbed;
