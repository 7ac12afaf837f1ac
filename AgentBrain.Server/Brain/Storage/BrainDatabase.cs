using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace AgentBrain.Server.Brains.Storage;

/// <summary>
/// The one database file of one brain. Writers take turns on one connection; readers run beside them, each on a consistent snapshot
/// (write-ahead log). The server holds its data directory exclusively, so nothing else writes here.
/// </summary>
internal sealed class BrainDatabase : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private readonly int _readersAtOnce = Math.Max(8, 4 * Environment.ProcessorCount);
    private readonly SemaphoreSlim _turns;
    private readonly Lock _writing = new();
    private readonly SqliteSession _writer;
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly string _readerConnection;
    private long _generation;

    private BrainDatabase(SqliteSession writer, string readerConnection)
    {
        _writer = writer;
        _readerConnection = readerConnection;
        _turns = new SemaphoreSlim(_readersAtOnce, _readersAtOnce);
    }

    /// <summary>Grows with every committed change, so that what was computed from an older state can be told apart.</summary>
    public long Generation => Interlocked.Read(ref _generation);

    /// <summary>Opens the file, creating it with the current schema if it is not there.</summary>
    /// <param name="path">The database file; its directory exists.</param>
    /// <param name="maxBytes">The largest size the file may reach; 0 for no limit but the disk's.</param>
    /// <exception cref="BrainException">The file is damaged, too new, or cannot be opened.</exception>
    public static BrainDatabase Open(string path, long maxBytes)
    {
        SqliteSession? writer = null;
        try
        {
            writer = Connect(Connection(path, SqliteOpenMode.ReadWriteCreate));

            writer.Script("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA cache_size = -32768;");
            Schema.Migrate(writer);
            var pageSize = writer.Scalar<long>("PRAGMA page_size");
            if (maxBytes > 0)
            {
                writer.Script($"PRAGMA max_page_count = {Math.Max(1, maxBytes / pageSize)}");
            }

            // A damaged file may open; reading the schema and a row of each table shows it now rather than at the first search.
            Schema.Probe(writer);
            var database = new BrainDatabase(writer, Connection(path, SqliteOpenMode.ReadOnly));
            _ = database.PurgeIfOwed();
            return database;
        }
        catch (SqliteException e)
        {
            var refusal = e.ToBrainException(writer);
            writer?.Dispose();
            throw refusal;
        }
        catch (BrainException)
        {
            writer?.Dispose();
            throw;
        }
    }

    /// <summary>Runs queries on one snapshot. So many run at once as the machine can serve; others wait for their turn.</summary>
    /// <exception cref="BrainException">The storage failed, or no turn came in time (<c>busy</c>).</exception>
    public T Read<T>(Func<SqliteSession, T> query, CancellationToken cancellationToken = default)
    {
        if (!_turns.Wait(LongestWait, cancellationToken))
        {
            throw new BrainException(BrainFault.Unavailable, "busy", "Too many searches run at once: ask again in a moment.");
        }

        try
        {
            return ReadNow(query);
        }
        finally
        {
            _turns.Release();
        }
    }

    private T ReadNow<T>(Func<SqliteSession, T> query)
    {
        SqliteSession? session = null;
        try
        {
            if (!_readers.TryTake(out session))
            {
                session = Connect(_readerConnection);
                session.Script("PRAGMA query_only = ON; PRAGMA cache_size = -8192; PRAGMA mmap_size = 268435456;");
            }

            session.Execute("BEGIN");
            var result = query(session);
            session.Execute("COMMIT");
            _readers.Add(session);
            session = null;
            return result;
        }
        catch (SqliteException e)
        {
            throw e.ToBrainException(session);
        }
        finally
        {
            // A session whose query failed may be in a transaction or on a broken file: it is not used again.
            session?.Dispose();
        }
    }

    /// <summary>Makes one change, wholly or not at all.</summary>
    /// <param name="change">The statements; an exception undoes them.</param>
    /// <param name="durable">True if the change must survive a power cut at once (a job that was promised); an index change may be redone.</param>
    /// <exception cref="BrainException">The storage failed; nothing was changed.</exception>
    public T Write<T>(Func<SqliteSession, T> change, bool durable = false)
    {
        lock (_writing)
        {
            try
            {
                _writer.Execute(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
                _writer.Execute("BEGIN IMMEDIATE");
            }
            catch (SqliteException e)
            {
                throw e.ToBrainException();
            }

            try
            {
                var result = change(_writer);
                _writer.Execute("COMMIT");
                Interlocked.Increment(ref _generation);
                return result;
            }
            catch (Exception e)
            {
                RollBack();
                if (e is SqliteException failure)
                {
                    throw failure.ToBrainException(_writer);
                }

                throw;
            }
        }
    }

    /// <inheritdoc cref="Write{T}"/>
    public void Write(Action<SqliteSession> change, bool durable = false) => Write(
        session =>
        {
            change(session);
            return true;
        },
        durable);

    /// <summary>
    /// If something was removed since (<see cref="RemovalsTable"/>): corrects the index's totals, rewrites it without the terms of deleted
    /// chunks and empties the log, so that removed text is nowhere in the files. It waits for the readers of older states and keeps new ones
    /// waiting meanwhile. Takes about a second for 100,000 chunks.
    /// </summary>
    /// <exception cref="BrainException">The storage failed.</exception>
    public PurgeOutcome PurgeIfOwed()
    {
        lock (_writing)
        {
            if (!Write(RemovalsTable.IsOwed))
            {
                return PurgeOutcome.Clean;
            }

            try
            {
                Write(TermTotals.Correct);
                Write(session => session.Execute("INSERT INTO chunk_terms(chunk_terms) VALUES('optimize')"));
                if (!Alone(EmptyLog))
                {
                    return PurgeOutcome.Busy;
                }

                Write(RemovalsTable.Settle);
                return PurgeOutcome.Clean;
            }
            catch (BrainException e) when (e.Reason == StorageFaults.DiskFull)
            {
                return PurgeOutcome.NoRoom;
            }
        }
    }

    /// <summary>Does something while nobody reads; false if readers did not end in time, or if it failed.</summary>
    private bool Alone(Func<bool> action)
    {
        var until = Environment.TickCount64 + (long)LongestWait.TotalMilliseconds;
        var taken = 0;
        try
        {
            while (taken < _readersAtOnce && _turns.Wait((int)Math.Max(0, until - Environment.TickCount64)))
            {
                taken++;
            }

            return taken == _readersAtOnce && action();
        }
        catch (SqliteException e)
        {
            throw e.ToBrainException();
        }
        finally
        {
            if (taken > 0)
            {
                _turns.Release(taken);
            }
        }
    }

    /// <summary>Moves the log into the file and cuts it to nothing; false if somebody still reads an older state.</summary>
    private bool EmptyLog() => _writer.Scalar<long>("PRAGMA wal_checkpoint(TRUNCATE)") == 0;

    /// <inheritdoc />
    public void Dispose()
    {
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        // Last, since only a connection that may write can empty the log: index.db alone is then the whole index, as a backup takes it.
        lock (_writing)
        {
            _writer.Dispose();
        }

        _turns.Dispose();
    }

    private void RollBack()
    {
        try
        {
            _writer.Execute("ROLLBACK");
        }
        catch (SqliteException e) when (e.SqliteErrorCode == 1)
        {
            // SQLite already rolled back by itself (a full disk does that); "no transaction is active" is then the right state.
        }
        catch (SqliteException e)
        {
            throw e.ToBrainException();
        }
    }

    private static SqliteSession Connect(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            return new SqliteSession(connection);
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    private static string Connection(string path, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 30 }.ToString();
}
