namespace AgentBrain.Server.Brains.Jobs;

/// <summary>Where a job is in its life.</summary>
internal enum JobState
{
    /// <summary>Waits for its turn.</summary>
    Pending,

    /// <summary>Is being worked on.</summary>
    Running,

    /// <summary>Finished; files that could not be read are counted, not fatal.</summary>
    Completed,

    /// <summary>Ended by an error, which its reason and message name.</summary>
    Failed,

    /// <summary>Ended by <c>cancel_job</c>.</summary>
    Cancelled,
}
