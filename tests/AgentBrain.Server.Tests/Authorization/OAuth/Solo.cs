using AgentBrain.Server.Configuration;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AgentBrain.Server.Tests.Authorization.OAuth;

/// <summary>A server of one's own, for what would disturb others: rates, rotations, issuers that are down.</summary>
internal static class Solo
{
    /// <summary>With a clock that the test moves, and without limits that are not what is tested.</summary>
    public static Action<WebApplicationBuilder> With(TimeProvider time, RequestLimits? limits = null) => builder =>
    {
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(limits ?? new RequestLimits { RatePerAddress = 0, RatePerPrincipal = 0 });
    };

    /// <summary>Calls <c>query_count</c>.</summary>
    public static async Task<Reply> Send(TestBrain brain, string? authorization, string? proof = null, string tool = "query_count")
    {
        var body = Messages.ModernRequest("tools/call", $"\"name\":\"{tool}\",\"arguments\":{{}}");
        using var request = TokenRequests.Post(brain.Url + "mcp", body, authorization, proof, version: Messages.Modern).Modern("tools/call", tool);
        using var response = await brain.Client.SendAsync(request);
        return Reply.Of(response, await response.Content.ReadAsStringAsync());
    }
}
