using AgentBrain.Server.AuthorizationServer.Commands;
using AgentBrain.Server.Configuration;
using AgentBrain.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.Server.Tests.AuthorizationServer.Commands;

/// <summary>How arguments are read, and in which order commands run.</summary>
public sealed class CommandArgumentsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly CommandSyntax Syntax = new("try it", "[--one V] [--many V...] [--flag] THING", "") { Operand = "THING", Values = ["--one"], Lists = ["--many"], Flags = ["--flag"] };

    [Fact]
    public void Arguments_are_read_in_any_order()
    {
        var arguments = CommandArguments.Parse(Syntax, ["--many", "a", "it", "--flag", "--one", "--flag", "--many", "b"]);

        Assert.Equal("it", arguments.Operand);
        Assert.Equal("--flag", arguments.Value("--one"));
        Assert.Equal(["a", "b"], arguments.All("--many"));
        Assert.True(arguments.Has("--flag"));
        Assert.Null(arguments.Value("--other"));
        Assert.Empty(arguments.All("--other"));
    }

    [Theory]
    [InlineData("-OlEB-kF4haETJobUqudSg")]
    [InlineData("--lEB-kF4haETJobUqudSg")]
    public void An_id_may_begin_with_hyphens(string id)
    {
        Assert.Equal(id, CommandArguments.Parse(Syntax, [id]).Operand);
    }

    [Theory]
    [InlineData]
    [InlineData("it", "it")]
    [InlineData("")]
    [InlineData("it", "--other")]
    [InlineData("it", "--flag", "--flag")]
    [InlineData("it", "--one")]
    [InlineData("it", "--one", "")]
    [InlineData("it", "--one", "a", "--one", "b")]
    [InlineData("it", "--many")]
    public void Arguments_that_a_command_does_not_take_are_refused_with_what_it_takes(params string[] args)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => CommandArguments.Parse(Syntax, args));

        Assert.EndsWith("the command is: try it [--one V] [--many V...] [--flag] THING", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("owner")]
    [InlineData("owner", "dance")]
    [InlineData("keys", "list", "more")]
    [InlineData("status", "--AGENT_BRAIN_DATE=x")]
    public async Task A_command_that_is_misspelled_starts_no_server(params string[] args)
    {
        using var error = new StringWriter();

        var code = await new CommandLine(_ => throw new InvalidOperationException("A server was built."), TextWriter.Null, error).RunAsync(args);

        Assert.Equal(2, code);
        Assert.NotEmpty(error.ToString());
    }

    [Fact]
    public void The_help_text_lists_every_command()
    {
        Assert.All(CommandTable.All, command => Assert.Contains(command.Full, Arguments.Help, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_command_runs_at_a_time_and_what_takes_long_keeps_none_waiting()
    {
        var time = new FakeTimeProvider();
        var (first, backup) = (new Held(CommandTable.Status), new Held(CommandTable.Backup));
        using var runner = new CommandRunner([first, backup], time, NullLogger<CommandRunner>.Instance);

        var archive = runner.RunAsync(["backup", "--out", "x"], default);
        var one = runner.RunAsync(["status"], default);
        await first.Started.WaitAsync(Patience);
        var two = runner.RunAsync(["status"], default);
        Assert.Equal(1, first.Running);
        first.End();
        Assert.Equal(0, (await one).ExitCode);
        Assert.Equal(0, (await two).ExitCode);
        Assert.False(archive.IsCompleted);
        backup.End();
        Assert.Equal(0, (await archive).ExitCode);
    }

    [Fact]
    public async Task A_command_that_takes_too_long_is_ended_and_told_of()
    {
        var time = new FakeTimeProvider();
        var held = new Held(CommandTable.Status);
        using var runner = new CommandRunner([held], time, NullLogger<CommandRunner>.Instance);
        var reply = runner.RunAsync(["status"], default);
        await held.Started;

        time.Advance(CommandSyntax.UsualTime);

        Assert.Equal(1, (await reply).ExitCode);
        Assert.Contains("took too long", (await reply).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_defect_in_a_command_is_told_without_its_text()
    {
        var held = new Held(CommandTable.Status) { Defect = new InvalidOperationException("a secret") };
        using var runner = new CommandRunner([held], TimeProvider.System, NullLogger<CommandRunner>.Instance);

        var reply = await runner.RunAsync(["status"], default);

        Assert.Equal(1, reply.ExitCode);
        Assert.DoesNotContain("a secret", reply.Error, StringComparison.Ordinal);
    }

    private sealed class Held(CommandSyntax syntax) : IControlCommand
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _running;

        public CommandSyntax Syntax => syntax;

        public Exception? Defect { get; init; }

        public Task Started => _started.Task;

        public int Running => Volatile.Read(ref _running);

        public void End() => _end.TrySetResult();

        public async Task<CommandOutcome> RunAsync(CommandArguments arguments, CancellationToken cancellationToken)
        {
            if (Defect is not null)
                throw Defect;

            Interlocked.Increment(ref _running);
            _started.TrySetResult();
            await _end.Task.WaitAsync(cancellationToken);
            Interlocked.Decrement(ref _running);
            return new CommandOutcome([], new System.Text.Json.Nodes.JsonObject());
        }
    }
}
