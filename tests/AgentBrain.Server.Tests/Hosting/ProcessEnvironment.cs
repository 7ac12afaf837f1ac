using AgentBrain.Server.Configuration;
using AgentBrain.Server.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.Hosting;

/// <summary>Tests that change the environment of the process, or measure its memory, run alone.</summary>
[CollectionDefinition(nameof(ProcessEnvironment), DisableParallelization = true)]
public sealed class ProcessEnvironment;

[Collection(nameof(ProcessEnvironment))]
public sealed class SecretHandlingTests
{
    [Theory]
    [InlineData("basic", SettingNames.BasicSecret, TestBrain.Secret)]
    [InlineData("oauth", SettingNames.OAuthIntrospectionClientSecret, "introspection-secret-of-a-test")]
    [InlineData("oauth", SettingNames.Redis, "127.0.0.1:1,password=redis-secret-of-a-test")]
    [InlineData("oauth", "ConnectionStrings__cache", "127.0.0.1:1,password=redis-secret-of-a-test")]
    public async Task A_secret_from_a_variable_is_not_kept_where_child_processes_or_settings_show_it(string mode, string variable, string secret)
    {
        var folder = Directory.CreateTempSubdirectory("brain-secret-").FullName;
        string[] oauth =
        [
            "--AGENT_BRAIN_PUBLIC_URL=http://127.0.0.1:8765", "--AGENT_BRAIN_OAUTH_ISSUER=https://as.example", "--AGENT_BRAIN_OAUTH_ACCESS=everyone=read",
            .. variable == SettingNames.OAuthIntrospectionClientSecret ? new[] { "--AGENT_BRAIN_OAUTH_INTROSPECTION_URL=https://as.example/i", "--AGENT_BRAIN_OAUTH_INTROSPECTION_CLIENT_ID=rs" } : [],
        ];
        var arguments = TestBrain.Arguments("none", folder).Where(arg => !arg.Contains("AUTH")).Append("--AGENT_BRAIN_AUTH=" + mode).Concat(mode == "oauth" ? oauth : []).ToArray();
        Environment.SetEnvironmentVariable(variable, secret);
        try
        {
            await using var app = AgentBrainHost.Create(arguments, static _ => { });

            Assert.Null(Environment.GetEnvironmentVariable(variable));
            Assert.DoesNotContain(app.Configuration.AsEnumerable(), pair => pair.Value == secret);
            Assert.DoesNotContain("secret-of-a-test", app.Services.GetRequiredService<ServerSettings>().ToString());
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Over_standard_input_nobody_is_asked_for_a_token_so_the_mode_oauth_does_not_start()
    {
        var folder = Directory.CreateTempSubdirectory("brain-stdio-").FullName;
        try
        {
            var refusal = Assert.Throws<ConfigurationException>(() => StdioHost.Create(
                TestBrain.Arguments("oauth", folder, "--AGENT_BRAIN_PUBLIC_URL=http://127.0.0.1:8765", "--AGENT_BRAIN_OAUTH_ISSUER=https://as.example", "--AGENT_BRAIN_OAUTH_ACCESS=everyone=read"),
                static _ => { }));

            Assert.Contains("--stdio", refusal.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("", "revoke takes")]
    [InlineData("--subject", "revoke takes")]
    [InlineData("--subject a --token b --issuer https://as.example", "revoke takes")]
    [InlineData("--client a --issuer https://as.example", "revoke takes")]
    [InlineData("--subject a --subject b --issuer https://as.example", "revoke takes")]
    [InlineData("--everything yes", "revoke takes")]
    [InlineData("--subject a", "revoke takes")]
    [InlineData("--subject a --issuer https://as.example", "AGENT_BRAIN_REDIS is not set")]
    [InlineData("--subject a --issuer https://as.example REDIS", "gave no answer")]
    public async Task A_revocation_that_cannot_be_done_is_a_sentence_and_exit_code_2(string arguments, string sentence)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        if (arguments.EndsWith(" REDIS", StringComparison.Ordinal))
            Environment.SetEnvironmentVariable(SettingNames.Redis, "127.0.0.1:1,password=hunter2");

        try
        {
            var exit = await new CommandLine(static _ => { }, output, error).RunAsync(["revoke", .. arguments.Replace(" REDIS", "").Split(' ', StringSplitOptions.RemoveEmptyEntries)], TestContext.Current.CancellationToken);

            Assert.Equal(2, exit);
            Assert.Contains(sentence, error.ToString());
            Assert.DoesNotContain("hunter2", error.ToString());
            Assert.Empty(output.ToString());
        }
        finally
        {
            Environment.SetEnvironmentVariable(SettingNames.Redis, null);
        }
    }
}
