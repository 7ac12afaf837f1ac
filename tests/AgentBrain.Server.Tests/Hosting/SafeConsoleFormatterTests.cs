using AgentBrain.Server.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ModelContextProtocol;

namespace AgentBrain.Server.Tests.Hosting;

public sealed class SafeConsoleFormatterTests
{
    [Fact]
    public void Log_injection_a_client_name_cannot_begin_a_line_or_steer_the_terminal()
    {
        var line = Write("ModelContextProtocol.Server", LogLevel.Warning, "client \"x\r\ninfo: forged\e[2J\u202e\"", null);

        Assert.Equal("2026-01-01T00:00:00.000Z warn ModelContextProtocol.Server: client \"x\\u000d\\u000ainfo: forged\\u001b[2J\\u202e\"" + Environment.NewLine, line);
    }

    [Fact]
    public void Log_injection_the_message_of_an_exception_cannot_either()
    {
        var text = Write("Any", LogLevel.Error, "failed", new InvalidOperationException("a\ninfo: forged\e[2J"));

        Assert.DoesNotContain('\e', text);
        Assert.All(text.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Skip(1), line => Assert.StartsWith("    ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_refused_call_is_no_unhandled_exception_but_a_defect_is()
    {
        Assert.Empty(Write("ModelContextProtocol.Server.McpServer", LogLevel.Error, "threw", new McpProtocolException("refused")));
        Assert.NotEmpty(Write("ModelContextProtocol.Server.McpServer", LogLevel.Error, "threw", new InvalidOperationException("defect")));
        Assert.NotEmpty(Write("AgentBrain.Server", LogLevel.Error, "threw", new McpProtocolException("refused")));
    }

    private static string Write(string category, LogLevel level, string message, Exception? exception)
    {
        using var output = new StringWriter();
        var formatter = new SafeConsoleFormatter(new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        formatter.Write(new LogEntry<string>(level, category, default, message, exception, (state, _) => state), null, output);
        return output.ToString();
    }
}
