using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace AgentBrain.Server.Tests.AuthorizationServer.Storage;

/// <summary>Writes wait for each other, and those that waited share a commit; each is carried out whole or not at all.</summary>
public sealed class AuthorityStoreTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("authority-").FullName;
    private readonly AsyncLocal<string?> _caller = new();
    private AuthorityStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new DbContextOptionsBuilder<AuthorityContext>().UseSqlite($"Data Source={Path.Combine(_folder, "authority.db")}").AddInterceptors(new ConnectionPragmas()).Options;
        var contexts = new PooledDbContextFactory<AuthorityContext>(options);
        await using (var context = await contexts.CreateDbContextAsync())
            await context.Database.MigrateAsync();

        _store = new AuthorityStore(contexts);
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Those_that_wait_share_one_transaction_and_find_what_the_earlier_ones_wrote()
    {
        var transactions = new HashSet<Guid>();
        var writes = await WhileOneWrites(() => [.. Enumerable.Range(0, 20).Select(number => _store.WriteAsync(async context =>
        {
            transactions.Add(context.Database.CurrentTransaction!.TransactionId);
            var before = await context.State.CountAsync();
            Add(context, $"number-{number}");
            return before;
        }))]);

        Assert.Equal(Enumerable.Range(1, 20), await Task.WhenAll(writes));
        Assert.Single(transactions);
        Assert.Equal(21, await CountAsync());
    }

    [Theory]
    [InlineData("before anything was saved")]
    [InlineData("after something was saved")]
    [InlineData("when it is saved")]
    public async Task One_that_fails_takes_back_its_own_and_nothing_of_the_others(string when)
    {
        var writes = await WhileOneWrites(() =>
        [
            WriteAsync("earlier"),
            _store.WriteAsync(async context =>
            {
                Add(context, when == "when it is saved" ? "earlier" : "failing");
                if (when == "after something was saved")
                    await context.SaveChangesAsync();
                if (when != "when it is saved")
                    throw new InvalidDataException();
                return 0;
            }),
            WriteAsync("later"),
        ]);

        Assert.IsType(when == "when it is saved" ? typeof(DbUpdateException) : typeof(InvalidDataException), await Record.ExceptionAsync(() => writes[1]));
        await Task.WhenAll(writes[0], writes[2]);
        Assert.Equal(["earlier", "first", "later"], await _store.ReadAsync(context => context.State.Select(fact => fact.Name).Order().ToListAsync()));
    }

    [Fact]
    public async Task Nobody_is_answered_before_the_commit()
    {
        var (held, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        Task<int>? early = null;
        var writes = await WhileOneWrites(() =>
        [
            early = WriteAsync("early"),
            _store.WriteAsync(async _ =>
            {
                held.SetResult();
                await go.Task;
                return 0;
            }),
        ], async () =>
        {
            await held.Task;
            Assert.False(early!.IsCompleted);
            Assert.Equal(1, await CountAsync());
            go.SetResult();
        });

        await Task.WhenAll(writes);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Who_goes_away_before_the_turn_comes_writes_nothing()
    {
        using var gone = new CancellationTokenSource();
        var writes = await WhileOneWrites(() =>
        {
            var write = _store.WriteAsync(context => Task.FromResult(Add(context, "gone")), gone.Token);
            gone.Cancel();
            return [write, WriteAsync("there")];
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writes[0]);
        await writes[1];
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task When_the_commit_fails_all_of_them_do_and_the_next_goes_on()
    {
        var writes = await WhileOneWrites(() =>
        [
            WriteAsync("one"),
            _store.WriteAsync(async context =>
            {
                // Takes the transaction away under it, as a full disk does.
                await context.Database.ExecuteSqlRawAsync("ROLLBACK");
                return 0;
            }),
            WriteAsync("two"),
        ]);

        foreach (var write in writes)
            await Assert.ThrowsAnyAsync<Exception>(() => write);

        await WriteAsync("next");
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task What_is_written_is_written_as_its_caller()
    {
        var callers = new List<string?>();
        var writes = await WhileOneWrites(() => [.. new[] { "one", "two" }.Select(name =>
        {
            _caller.Value = name;
            return _store.WriteAsync(async _ =>
            {
                await Task.Yield();
                callers.Add(_caller.Value);
                return 0;
            });
        })]);

        await Task.WhenAll(writes);
        Assert.Equal(["one", "two"], callers);
    }

    [Fact]
    public async Task More_than_fit_into_one_transaction_are_all_written()
    {
        var transactions = new HashSet<Guid>();
        var writes = await WhileOneWrites(() => [.. Enumerable.Range(0, AuthorityStore.MostTogether + 1).Select(number => _store.WriteAsync(context =>
        {
            transactions.Add(context.Database.CurrentTransaction!.TransactionId);
            return Task.FromResult(Add(context, $"number-{number}"));
        }))]);

        await Task.WhenAll(writes);
        Assert.Equal((2, AuthorityStore.MostTogether + 2), (transactions.Count, await CountAsync()));
    }

    private Task<int> WriteAsync(string name) => _store.WriteAsync(context => Task.FromResult(Add(context, name)));

    private Task<int> CountAsync() => _store.ReadAsync(context => context.State.CountAsync());

    private static int Add(AuthorityContext context, string name)
    {
        context.State.Add(new StateRecord { Name = name, Value = "" });
        return 0;
    }

    /// <summary>Has writes come while another one has its turn.</summary>
    private async Task<Task<int>[]> WhileOneWrites(Func<Task<int>[]> writes, Func<Task>? then = null)
    {
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = _store.WriteAsync(async context =>
        {
            begun.SetResult();
            await go.Task;
            return Add(context, "first");
        });
        await begun.Task;
        var waiting = writes();
        go.SetResult();
        await first;
        if (then is not null)
            await then();

        return waiting;
    }
}
