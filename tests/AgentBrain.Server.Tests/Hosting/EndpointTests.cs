using System.Net;
using AgentBrain.Server.Authorization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.Hosting;

public sealed class EndpointTests
{
    /// <summary>The one list of what anybody may reach.</summary>
    private static readonly string[] Public = ["/health", "/alive"];

    [Theory]
    [InlineData("none")]
    [InlineData("basic")]
    public async Task Every_endpoint_is_in_the_public_list_or_asks_for_a_caller(string mode)
    {
        await using var brain = await TestBrain.Start(mode, null);
        var endpoints = brain.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().ToList();
        var policies = brain.Services.GetRequiredService<IAuthorizationPolicyProvider>();

        Assert.NotNull(await policies.GetFallbackPolicyAsync());
        Assert.Equal(Public.Order(), endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(endpoint => endpoint.RoutePattern.RawText!).Order());
        Assert.All(
            endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null),
            endpoint => Assert.NotNull(endpoint.Metadata.GetMetadata<McpEndpoint>()));
        Assert.Equal(3, endpoints.Count(endpoint => endpoint.Metadata.GetMetadata<McpEndpoint>() is not null));
    }

    [Fact]
    public async Task An_endpoint_that_somebody_adds_asks_for_a_caller_by_default()
    {
        await using var brain = await TestBrain.Start("basic", null, app => app.MapGet("/forgotten", () => "open"));

        using var response = await brain.Client.GetAsync("/forgotten");
        using var owner = brain.NewClient(TestBrain.Secret);
        using var withSecret = await owner.GetAsync("/forgotten");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);

        // The secret opens the brain's resource and nothing beside it.
        Assert.Equal(HttpStatusCode.Unauthorized, withSecret.StatusCode);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task Health_tells_nothing_but_a_status(string path)
    {
        await using var brain = await TestBrain.StartBasic();

        using var response = await brain.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.False(response.Headers.Contains("Server"));
    }
}
