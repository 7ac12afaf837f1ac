using System.Security.Cryptography;
using System.Threading.Channels;
using AgentBrain.Server.Brains.Storage;

namespace AgentBrain.Server.Brains.Jobs;

/// <summary>The brain's durable queue. A job that was accepted survives a power cut; one that ran when the server stopped runs again.</summary>
internal sealed class JobQueue
{
    /// <summary>Attempts that may end with the server one after the other without a further file done.</summary>
    private const int MaxAttempts = 3;

    private const int KeptJobs = 1000;

    private readonly BrainDatabase _database;
    private readonly BrainLimits _limits;
    private readonly BrainChanges _changes;
    private readonly TimeProvider _time;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JobRecord> _unsaved = new(StringComparer.Ordinal);
    private RunningJob? _running;

    /// <summary>Opens the queue and puts back what was running when the server stopped.</summary>
    public JobQueue(BrainDatabase database, BrainLimits limits, BrainChanges changes, TimeProvider time)
    {
        (_database, _limits, _changes, _time) = (database, limits, changes, time);
        database.Write(Recover, durable: true);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Adds a job, or returns the one that already waits or runs and does the same.</summary>
    /// <exception cref="BrainException">The queue is full (<c>queue_full</c>).</exception>
    public JobRecord Enqueue(JobRequest request, string owner)
    {
        var job = _database.Write(
            session =>
            {
                if (JobsTable.FindActive(session, request.DedupeKey()) is { } same)
                {
                    return same;
                }

                if (JobsTable.CountPending(session) >= _limits.MaxQueuedJobs)
                {
                    throw new BrainException(
                        BrainFault.Conflict,
                        "queue_full",
                        $"{_limits.MaxQueuedJobs} jobs wait already: wait for some of them (wait_for_job) or cancel some (cancel_job), then ask again.");
                }

                var id = "job_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
                JobsTable.Insert(session, id, request, owner, _time.GetUtcNow());
                JobsTable.Trim(session, KeptJobs);
                return JobsTable.Find(session, id) ?? throw StorageFaults.Damaged();
            },
            durable: true);
        _wake.Writer.TryWrite(true);
        _changes.Signal();
        return job;
    }

    /// <summary>The job in hand, or null.</summary>
    public JobRecord? Running
    {
        get
        {
            lock (_lock)
            {
                return _running?.Record;
            }
        }
    }

    /// <summary>The job with its progress of this moment, or null.</summary>
    public JobRecord? Find(string id)
    {
        lock (_lock)
        {
            if (InMemory(id) is { } current)
            {
                return current;
            }
        }

        return _database.Read(session => JobsTable.Find(session, id));
    }

    /// <summary>A page of jobs, newest first.</summary>
    public List<JobRecord> Page(long before, int limit)
    {
        var page = _database.Read(session => JobsTable.Page(session, before, limit));
        lock (_lock)
        {
            return [.. page.Select(job => InMemory(job.Id) ?? job)];
        }
    }

    /// <summary>The jobs that wait or run, oldest first.</summary>
    public List<JobRecord> Active() => _database.Read(JobsTable.Active);

    /// <summary>Cancels a job: at once if it waits, after the file in hand if it runs.</summary>
    /// <returns>The job, and whether this call is what ends it.</returns>
    /// <exception cref="BrainException">There is no such job (<c>job_not_found</c>).</exception>
    public (JobRecord Job, bool Cancelled) Cancel(string id)
    {
        if (CancelRunning(id) is { } ended)
        {
            return (ended, true);
        }

        (JobRecord Job, bool Cancelled) result = _database.Write(
            session =>
            {
                var job = JobsTable.Find(session, id) ?? throw NotFound(id);
                if (job.State != JobState.Pending)
                {
                    return (job, false);
                }

                job = job with { State = JobState.Cancelled, FinishedAt = _time.GetUtcNow(), Message = "Cancelled before it began." };
                JobsTable.Update(session, job);
                return (job, true);
            },
            durable: true);
        if (result.Job.State == JobState.Running && CancelRunning(id) is { } begun)
        {
            // The worker took it between the two looks.
            return (begun, true);
        }

        _changes.Signal();
        return result;
    }

    /// <summary>The refusal for an id that is no job of this brain.</summary>
    public static BrainException NotFound(string id) => new(
        BrainFault.NotFound,
        "job_not_found",
        $"There is no job '{(id.Length > 64 ? id[..64] : id)}': list_jobs shows the ids of this brain's jobs.");

    /// <summary>Waits until a job may be there to run.</summary>
    public async Task WaitForWorkAsync(CancellationToken cancellationToken) => await _wake.Reader.ReadAsync(cancellationToken);

    /// <summary>Takes the oldest waiting job and marks it running; null if none waits.</summary>
    public RunningJob? TakeNext()
    {
        SaveEnded();
        RunningJob? running = null;
        lock (_lock)
        {
            // Both or neither: who finds the job running in the database finds it here, to cancel it.
            if (MarkRunning() is { } next)
            {
                _running = running = new RunningJob(next, _limits.JobTimeout, _time);
            }
        }

        if (running is not null)
        {
            _changes.Signal();
        }

        return running;
    }

    private JobRecord? MarkRunning() =>
        _database.Write(
            session =>
            {
                var job = JobsTable.Active(session).FirstOrDefault(job => job.State == JobState.Pending);
                if (job is null)
                {
                    return null;
                }

                job = job with { State = JobState.Running, Attempts = job.Attempts + 1, StartedAt = job.StartedAt ?? _time.GetUtcNow(), Processed = 0, Total = null, Counts = new JobCounts { Resumed = job.Counts.Resumed } };
                JobsTable.Update(session, job);
                return job;
            },
            durable: true);

    private JobRecord? CancelRunning(string id)
    {
        lock (_lock)
        {
            if (_running is not { } running || running.Record.Id != id)
            {
                return null;
            }

            running.Cancel();
            return running.Record;
        }
    }

    /// <summary>
    /// Ends the running job. If its end cannot be written (a full disk), it is shown from memory and written with the next job that
    /// can be; a restart before that runs the job again, which finds its files done.
    /// </summary>
    /// <exception cref="BrainException">The end could not be written yet.</exception>
    public void Finish(RunningJob running, JobRecord final)
    {
        try
        {
            lock (_lock)
            {
                _running = null;
                _unsaved[final.Id] = final;
            }

            SaveEnded();
        }
        finally
        {
            running.Dispose();
            _changes.Signal();
        }
    }

    /// <summary>Puts the running job back, to go on at the next start.</summary>
    public void PutBack(RunningJob running, JobRecord record) =>
        Finish(running, record with { State = JobState.Pending, Attempts = record.Attempts - 1, Message = "The server stopped while it ran; it goes on where it was." });

    /// <summary>Has the worker look again.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    private JobRecord? InMemory(string id) =>
        _running is { } running && running.Record.Id == id ? running.Record : _unsaved.GetValueOrDefault(id);

    private void SaveEnded()
    {
        JobRecord[] ended;
        lock (_lock)
        {
            ended = [.. _unsaved.Values];
        }

        foreach (var job in ended)
        {
            _database.Write(session => JobsTable.Update(session, job), durable: true);
            lock (_lock)
            {
                _unsaved.Remove(job.Id);
            }
        }
    }

    private void Recover(SqliteSession session)
    {
        foreach (var job in JobsTable.Active(session).Where(job => job.State == JobState.Running))
        {
            // A long job outlives any number of restarts as long as it gets on between them. What never gets on may be what stops the server.
            var resumed = job.Counts.Resumed ?? new ResumePoint(0, 0);
            if (FilesTable.CountOf(session, job.Id) is var files && files > resumed.Files)
            {
                resumed = new ResumePoint(files, job.Attempts);
            }

            JobsTable.Update(session, job.Attempts - resumed.Attempts < MaxAttempts
                ? job with { State = JobState.Pending, Counts = job.Counts with { Resumed = resumed }, Message = "The server stopped while it ran; it goes on where it was." }
                : job with
                {
                    State = JobState.Failed,
                    Reason = "too_many_attempts",
                    Message = $"The server stopped {MaxAttempts} times while this job ran without getting on: see the server's log, then ask for it again.",
                    FinishedAt = _time.GetUtcNow(),
                });
        }
    }
}
