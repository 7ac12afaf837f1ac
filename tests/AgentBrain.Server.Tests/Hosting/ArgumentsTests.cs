using AgentBrain.Server.Configuration;
using AgentBrain.Server.Hosting;

namespace AgentBrain.Server.Tests.Hosting;

public sealed class ArgumentsTests
{
    [Theory]
    [InlineData("--stdoi")]
    [InlineData("--stdoi", "--urls", "http://127.0.0.1:1")]
    [InlineData("serve")]
    [InlineData("--url=http://127.0.0.1:1")]
    [InlineData("--urls")]
    [InlineData("--urls", "--stdio")]
    [InlineData("--AGENT_BRAIN_AUTH")]
    [InlineData("--AGENT_BRAIN_ROOT=/srv/docs")]
    [InlineData("--AGENT_BRAIN_ROOT", "/srv/docs")]
    [InlineData("--stdio=true")]
    [InlineData("--stdio=")]
    [InlineData("--STDIO")]
    [InlineData("--Kestrel:Endpoints:x:Url=http://127.0.0.1:1")]
    public void An_argument_that_is_misspelled_or_lacks_its_value_stops_the_start(params string[] args)
    {
        Assert.Throws<ConfigurationException>(() => Arguments.Check(args));
    }

    [Theory]
    [InlineData]
    [InlineData("--stdio")]
    [InlineData("--urls", "http://127.0.0.1:1")]
    [InlineData("--urls=http://127.0.0.1:1", "--AGENT_BRAIN_AUTH=none")]
    [InlineData("--AGENT_BRAIN_ROOTS", "somewhere", "--stdio")]
    [InlineData("--Logging:LogLevel:Default=Debug")]
    [InlineData("--AGENT_BRAIN_DPOP=required")]
    [InlineData("--AGENT_BRAIN_OAUTH_ISSUER=https://as.example")]
    public void Known_arguments_pass(params string[] args)
    {
        Assert.Null(Record.Exception(() => Arguments.Check(args)));
    }

    [Theory]
    [InlineData("AgentBrain.Server --stdio", "--help")]
    [InlineData("AgentBrain.Server --stdio", "help")]
    [InlineData("AGENT_BRAIN_ROOTS", "-h")]
    [InlineData("AGENT_BRAIN_ROOTS", "--stdio", "--help")]
    [InlineData("tls self-signed", "tls", "self-signed", "--help")]
    [InlineData("0.", "--version")]
    [InlineData("0.", "--urls=http://127.0.0.1:1", "--version")]
    public async Task Help_and_version_answer_and_start_nothing(string expected, params string[] args)
    {
        using var output = new StringWriter();

        var code = await new CommandLine(_ => throw new InvalidOperationException("A server was built."), output, TextWriter.Null).RunAsync(args);

        Assert.Equal(0, code);
        Assert.Contains(expected, output.ToString(), StringComparison.Ordinal);
    }
}
