using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace AgentBrain.ServiceDefaults;

/// <summary>Finds the client's address and scheme behind proxies.</summary>
public static class ClientAddressExtensions
{
    /// <summary>
    /// Believes <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> from the trusted networks alone: the client is the rightmost
    /// address that is not in one of them, whatever a client wrote further left. <c>X-Forwarded-Host</c> is never read. Without
    /// networks nothing is believed.
    /// </summary>
    /// <param name="app">The application; this comes first in it.</param>
    /// <param name="trusted">The networks of the operator's own proxies.</param>
    public static IApplicationBuilder UseClientAddress(this IApplicationBuilder app, IReadOnlyCollection<IPNetwork> trusted)
    {
        ArgumentNullException.ThrowIfNull(trusted);
        if (trusted.Count == 0)
            return app;

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in trusted)
            options.KnownIPNetworks.Add(network);

        return app.UseForwardedHeaders(options);
    }
}
