namespace AgentBrain.Server.Brains.Indexing;

/// <summary>Stops indexing before the disk is full, so that everything else still works.</summary>
/// <param name="directory">The data directory.</param>
/// <param name="limits">How much must stay free.</param>
internal sealed class DiskSpace(string directory, BrainLimits limits)
{
    /// <summary>Refuses if too little is free.</summary>
    /// <exception cref="BrainException">The disk is low (<c>disk_low</c>).</exception>
    public void RequireRoom()
    {
        var drive = new DriveInfo(directory);
        var free = drive.AvailableFreeSpace;
        if (free < limits.EnoughFreeDiskBytes && free < drive.TotalSize * limits.MinFreeDiskShare)
        {
            throw new BrainException(
                BrainFault.Storage,
                "disk_low",
                $"Only {free / (1024 * 1024)} MiB are free on the disk of AGENT_BRAIN_DATA, and indexing stops below {limits.MinFreeDiskShare:P0}: free some space and index again; files that were finished are kept.");
        }
    }
}
