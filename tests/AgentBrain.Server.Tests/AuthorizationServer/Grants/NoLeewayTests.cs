using AgentBrain.Server.AuthorizationServer;
using AgentBrain.Server.AuthorizationServer.Activities;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentBrain.Server.Tests.AuthorizationServer.Grants;

/// <summary>Without a leeway, any second use is a replay.</summary>
public sealed class NoLeewayTests(NoLeewayTests.Server server) : GrantScene(server), IClassFixture<NoLeewayTests.Server>
{
    [Fact]
    public async Task Any_second_use_ends_the_grant_and_nothing_is_sealed()
    {
        var (token, grantId) = await StartGrantAsync();
        Assert.Equal(200, (await RefreshAsync(token)).Status);
        Assert.DoesNotContain(await TokensAsync(grantId), row => row.SealedSuccessor is not null);

        Assert.Equal("invalid_grant", (await RefreshAsync(token)).Error);
        Assert.Equal(ActivityKinds.RefreshReplayed, (await GrantAsync(grantId)).RevokedReason);
    }

    public sealed class Server : GrantServer
    {
        private protected override void Configure(WebApplicationBuilder builder)
        {
            base.Configure(builder);
            var settings = (AuthorizationServerSettings)builder.Services.Single(service => service.ServiceType == typeof(AuthorizationServerSettings)).ImplementationInstance!;
            builder.Services.Replace(ServiceDescriptor.Singleton(settings with { RefreshLeeway = TimeSpan.Zero }));
        }
    }
}
