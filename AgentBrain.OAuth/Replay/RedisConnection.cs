using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace AgentBrain.OAuth.Replay;

/// <summary>
/// A connection to Redis for decisions that a request waits for: an answer comes within a bound, or there is none. Nothing is queued for
/// later while the server is away, and the connection is tried again every half second.
/// </summary>
public sealed class RedisConnection : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);
    private readonly Lock _gate = new();
    private readonly ConfigurationOptions _options;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private Task<ConnectionMultiplexer>? _connecting;
    private long _connectingSince;
    private int _waiting;

    /// <summary>Reads the connection string. The connection is made in the background when it is first needed.</summary>
    /// <param name="connectionString">As StackExchange.Redis has it: <c>host:port,password=…,ssl=true</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="timeout">How long an answer may take; 150 ms unless said otherwise, so that a refusal is out within 250.</param>
    /// <exception cref="FormatException">It is not a connection string. The message does not repeat it, since it may hold a password.</exception>
    public RedisConnection(string connectionString, TimeProvider time, TimeSpan? timeout = null)
    {
        _options = Parse(connectionString);
        _time = time;
        _timeout = timeout ?? TimeSpan.FromMilliseconds(150);
    }

    /// <summary>Questions that may be under way at a time; more are refused at once, so that a server that hangs costs no memory.</summary>
    public static int MaxWaiting => 2_000;

    /// <summary>Where it goes to, without the password: for messages.</summary>
    public string Description => string.Create(
        CultureInfo.InvariantCulture, $"{string.Join(", ", _options.EndPoints.Select(Describe))}{(_options.Ssl ? " (TLS)" : "")}");

    /// <summary>True when what is sent is encrypted, or does not leave the machine.</summary>
    public bool IsProtected => _options.Ssl || _options.EndPoints.All(IsLoopback);

    /// <summary>Asks something.</summary>
    /// <exception cref="RedisException">It is not connected, or Redis answered with an error.</exception>
    /// <exception cref="RedisBusyException">Too many questions are under way.</exception>
    /// <exception cref="TimeoutException">No answer in time: whether it was done is unknown.</exception>
    public async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new RedisBusyException();
        }

        var answer = AnswerAsync(question);
        try
        {
            return await answer.WaitAsync(_timeout, _time, cancellationToken);
        }
        finally
        {
            if (!answer.IsCompleted)
                Forget(answer);
        }
    }

    /// <summary>Redis's own time, to the millisecond.</summary>
    /// <inheritdoc cref="AskAsync" path="/exception"/>
    public async Task<DateTimeOffset> TimeAsync(CancellationToken cancellationToken)
    {
        var answer = await AskAsync(database => database.ExecuteAsync("TIME"), cancellationToken);
        return DateTimeOffset.FromUnixTimeMilliseconds(((long)answer[0] * 1000) + ((long)answer[1] / 1000));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<ConnectionMultiplexer>? connecting;
        lock (_gate)
            connecting = _connecting;

        if (connecting is null)
            return;

        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully)
            await (await connecting).DisposeAsync();
    }

    /// <summary>Goes on when nobody waits any more, so that what is under way is counted until the driver gives it up.</summary>
    private async Task<T> AnswerAsync<T>(Func<IDatabase, Task<T>> question)
    {
        try
        {
            var connection = await Connect();
            return await question(connection.GetDatabase());
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>What comes too late, an error too, is nobody's any more.</summary>
    private static void Forget(Task answer) => _ = answer.ContinueWith(
        static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private Task<ConnectionMultiplexer> Connect()
    {
        lock (_gate)
        {
            if (_connecting is null || (_connecting.IsFaulted && _time.GetElapsedTime(_connectingSince) > Again))
            {
                _connectingSince = _time.GetTimestamp();
                _connecting = ConnectionMultiplexer.ConnectAsync(_options);
            }

            return _connecting;
        }
    }

    private static ConfigurationOptions Parse(string connectionString)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(connectionString);
        }
#pragma warning disable MA0054 // The driver's message repeats parts of the string, and one of them may be the password.
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            throw new FormatException("The Redis connection string cannot be read; its form is host:port,password=…,ssl=true.");
        }
#pragma warning restore MA0054

        if (options.EndPoints.Count == 0)
            throw new FormatException("The Redis connection string names no host; its form is host:port,password=…,ssl=true.");

        options.SetDefaultPorts();
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ConnectTimeout = 1_000;
        options.ConnectRetry = 1;
        options.AsyncTimeout = 1_000;
        options.SyncTimeout = 1_000;
        options.HeartbeatInterval = Again;
        options.ReconnectRetryPolicy = new LinearRetry((int)Again.TotalMilliseconds);
        options.IncludeDetailInExceptions = false;
        options.AllowAdmin = true; // To the driver, INFO is for administrators.
        options.ClientName ??= "agent-brain";
        return options;
    }

    private static string Describe(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => string.Create(CultureInfo.InvariantCulture, $"{dns.Host}:{dns.Port}"),
        _ => endPoint.ToString() ?? "",
    };

    private static bool IsLoopback(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        DnsEndPoint dns => dns.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase),
        _ => true,
    };
}

/// <summary>More questions than <see cref="RedisConnection.MaxWaiting"/> wait for an answer of Redis; this one was not asked.</summary>
public sealed class RedisBusyException() : TimeoutException("Too many questions to Redis are under way.");
