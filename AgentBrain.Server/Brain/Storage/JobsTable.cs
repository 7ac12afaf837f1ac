using System.Globalization;
using System.Text.Json;
using AgentBrain.Server.Brains.Jobs;

namespace AgentBrain.Server.Brains.Storage;

/// <summary>The durable queue and history of jobs.</summary>
internal static class JobsTable
{
    private const string Columns = "seq, id, request, owner, state, attempts, processed, total, counts, reason, message, created_at, started_at, finished_at";

    /// <summary>Adds a job at the end of the queue.</summary>
    public static void Insert(SqliteSession session, string id, JobRequest request, string owner, DateTimeOffset now) => session.Execute(
        "INSERT INTO jobs(id, request, dedupe_key, owner, state, created_at) VALUES($id, $request, $key, $owner, 'Pending', $now)",
        ("$id", id),
        ("$request", JsonSerializer.Serialize(request, BrainJson.Default.JobRequest)),
        ("$key", request.DedupeKey()),
        ("$owner", owner),
        ("$now", Text(now)));

    /// <summary>The job, or null.</summary>
    public static JobRecord? Find(SqliteSession session, string id) =>
        session.Optional($"SELECT {Columns} FROM jobs WHERE id = $id", Map, ("$id", id));

    /// <summary>A job that waits or runs and was asked the same, or null.</summary>
    public static JobRecord? FindActive(SqliteSession session, string dedupeKey) => session.Optional(
        $"SELECT {Columns} FROM jobs WHERE state IN ('Pending', 'Running') AND dedupe_key = $key ORDER BY seq LIMIT 1",
        Map,
        ("$key", dedupeKey));

    /// <summary>The jobs that wait or run, oldest first.</summary>
    public static List<JobRecord> Active(SqliteSession session) =>
        session.Query($"SELECT {Columns} FROM jobs WHERE state IN ('Pending', 'Running') ORDER BY seq", Map);

    /// <summary>A page of the history, newest first.</summary>
    /// <param name="session">A snapshot.</param>
    /// <param name="before">Only jobs with a smaller sequence.</param>
    /// <param name="limit">At most so many.</param>
    public static List<JobRecord> Page(SqliteSession session, long before, int limit) => session.Query(
        $"SELECT {Columns} FROM jobs WHERE seq < $before ORDER BY seq DESC LIMIT $limit",
        Map,
        ("$before", before),
        ("$limit", limit));

    /// <summary>How many jobs wait.</summary>
    public static int CountPending(SqliteSession session) => (int)session.Scalar<long>("SELECT count(*) FROM jobs WHERE state = 'Pending'");

    /// <summary>The ids that begin with a prefix, newest first.</summary>
    public static List<string> Ids(SqliteSession session, string prefix, int limit) => session.Query(
        "SELECT id FROM jobs WHERE substr(id, 1, length($prefix)) = $prefix ORDER BY seq DESC LIMIT $limit",
        static row => row.Text(0),
        ("$prefix", prefix),
        ("$limit", limit));

    /// <summary>Writes a job's state, progress and result.</summary>
    public static void Update(SqliteSession session, JobRecord job) => session.Execute(
        """
        UPDATE jobs SET state = $state, attempts = $attempts, processed = $processed, total = $total, counts = $counts,
            reason = $reason, message = $message, started_at = $started, finished_at = $finished WHERE id = $id
        """,
        ("$id", job.Id),
        ("$state", job.State.ToString()),
        ("$attempts", job.Attempts),
        ("$processed", job.Processed),
        ("$total", job.Total),
        ("$counts", JsonSerializer.Serialize(job.Counts, BrainJson.Default.JobCounts)),
        ("$reason", job.Reason),
        ("$message", job.Message),
        ("$started", job.StartedAt is { } started ? Text(started) : null),
        ("$finished", job.FinishedAt is { } finished ? Text(finished) : null));

    /// <summary>Forgets the metadata that ended jobs were given for a folder: it is with the folder, and goes with it.</summary>
    public static void ForgetMetadata(SqliteSession session, BrainPath folder)
    {
        var jobs = session.Query($"SELECT {Columns} FROM jobs WHERE state NOT IN ('Pending', 'Running')", Map);
        foreach (var job in jobs.Where(job => job.Request.Metadata is not null && job.Request.Targets.Any(target => target.Folder == folder)))
        {
            session.Execute(
                "UPDATE jobs SET request = $request WHERE id = $id",
                ("$request", JsonSerializer.Serialize(job.Request with { Metadata = null }, BrainJson.Default.JobRequest)),
                ("$id", job.Id));
        }
    }

    /// <summary>Forgets the oldest finished jobs beyond a number.</summary>
    public static void Trim(SqliteSession session, int keep) => session.Execute(
        """
        DELETE FROM jobs WHERE state NOT IN ('Pending', 'Running') AND seq <=
            (SELECT seq FROM jobs WHERE state NOT IN ('Pending', 'Running') ORDER BY seq DESC LIMIT 1 OFFSET $keep)
        """,
        ("$keep", keep));

    private static JobRecord Map(StoredRow row) => new()
    {
        Sequence = row.Number(0),
        Id = row.Text(1),
        Request = row.Json(2, BrainJson.Default.JobRequest, static request => request.IsPossible),
        Owner = row.Text(3),
        State = row.Name<JobState>(4),
        Attempts = row.Count(5),
        Processed = row.Count(6),
        Total = row.OptionalCount(7),
        Counts = row.OptionalText(8) is null ? new JobCounts() : row.Json(8, BrainJson.Default.JobCounts, static counts => counts.Skipped is not null),
        Reason = row.OptionalText(9),
        Message = row.OptionalText(10),
        CreatedAt = row.Time(11),
        StartedAt = row.OptionalTime(12),
        FinishedAt = row.OptionalTime(13),
    };

    private static string Text(DateTimeOffset time) => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
}
