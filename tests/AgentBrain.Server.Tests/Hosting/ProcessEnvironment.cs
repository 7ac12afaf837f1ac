using AgentBrain.Server.Configuration;
using AgentBrain.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace AgentBrain.Server.Tests.Hosting;

/// <summary>Tests that change the environment of the process run alone.</summary>
[CollectionDefinition(nameof(ProcessEnvironment), DisableParallelization = true)]
public sealed class ProcessEnvironment;

[Collection(nameof(ProcessEnvironment))]
public sealed class SecretHandlingTests
{
    [Fact]
    public async Task A_secret_from_a_variable_is_not_kept_where_child_processes_or_settings_show_it()
    {
        var folder = Directory.CreateTempSubdirectory("brain-secret-").FullName;
        var arguments = TestBrain.Arguments("none", folder).Where(arg => !arg.Contains("AUTH")).Append("--AGENT_BRAIN_AUTH=basic").ToArray();
        Environment.SetEnvironmentVariable(SettingNames.BasicSecret, TestBrain.Secret);
        try
        {
            await using var app = AgentBrainHost.Create(arguments, static _ => { });

            Assert.Null(Environment.GetEnvironmentVariable(SettingNames.BasicSecret));
            Assert.DoesNotContain(app.Configuration.AsEnumerable(), pair => pair.Value == TestBrain.Secret);
        }
        finally
        {
            Environment.SetEnvironmentVariable(SettingNames.BasicSecret, null);
            Directory.Delete(folder, recursive: true);
        }
    }
}
