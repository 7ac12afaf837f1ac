using System.Globalization;
using System.Text;
using AgentBrain.Server.Brains;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Hosting;

/// <summary>Writes a job as one line for a terminal: a bar while it runs, its result when it has ended.</summary>
internal static class ProgressLine
{
    private const int BarWidth = 24;

    /// <summary>The line, no longer than the terminal is wide.</summary>
    /// <param name="job">The job.</param>
    /// <param name="elapsed">Time since it began.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static string Of(JobRecord job, TimeSpan elapsed, int width)
    {
        var text = job.IsFinal ? Final(job, elapsed) : Running(job, elapsed);
        return text.Length < width ? text : text[..Math.Max(0, width - 1)];
    }

    private static string Running(JobRecord job, TimeSpan elapsed)
    {
        var filled = (int)(job.ProgressPercent * BarWidth / 100);
        var bar = new StringBuilder().Append('█', filled).Append('░', BarWidth - filled);
        var rate = elapsed.TotalSeconds >= 1 ? string.Create(CultureInfo.InvariantCulture, $", {job.Processed / elapsed.TotalSeconds:N0} files/s") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Folder(job)}  {bar} {job.ProgressPercent,3:N0} %  {job.Processed}/{job.Total ?? 0}{rate}");
    }

    private static string Final(JobRecord job, TimeSpan elapsed)
    {
        var sign = job.State == JobState.Completed ? "✓" : "✗";
        return string.Create(CultureInfo.InvariantCulture, $"{sign} {Folder(job)}  {job.State.ToString().ToLowerInvariant()} after {elapsed.TotalSeconds:N1} s: {job.Message}");
    }

    /// <summary>Paths come from directory names, which may hold anything; a terminal must not act on them.</summary>
    private static string Folder(JobRecord job)
    {
        var name = job.Request.Targets is [var only] ? only.Folder.Display : Counted.Of(job.Request.Targets.Length, "folder");
        return new string([.. name.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format ? '?' : c)]);
    }
}
