using System.Globalization;
using System.Text.Json.Nodes;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Storage;

namespace AgentBrain.Server.AuthorizationServer.Clients.Registration;

/// <summary>Answers registrations (RFC 7591 §3.2, RFC 7592 §3).</summary>
internal sealed class RegistrationAnswers(AuthorizationServerSettings settings, Refuser refuser)
{
    /// <summary>The client as it is registered, all substitutions included. A secret is told once; later nobody here knows it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="registered">The client, with what only it may know.</param>
    public Task TellAsync(HttpContext context, int status, RegisteredClient registered)
    {
        var client = registered.Client;
        var json = JsonNode.Parse(client.Metadata)!.AsObject();
        json["client_id"] = client.ClientId;
        json["client_id_issued_at"] = client.CreatedAt.ToUnixTimeSeconds();
        json["registration_client_uri"] = $"{settings.Issuer}{EndpointPaths.Registration}/{client.ClientId}";
        json["registration_access_token"] = registered.AccessToken;
        if (registered.Secret is not null)
            json["client_secret"] = registered.Secret;

        if (client.ClientSecret is not null)
            json["client_secret_expires_at"] = 0;

        return WriteAsync(context, status, json);
    }

    /// <summary>Refuses.</summary>
    public Task RefuseAsync(HttpContext context, RegistrationFault fault)
    {
        refuser.Note(context, fault.Reason, fault.Status, fault.Description);
        if (fault.RetryAfter is { } retryAfter)
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

        if (fault.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = $"Bearer error=\"{fault.Error}\"";

        return WriteAsync(context, fault.Status, new JsonObject { ["error"] = fault.Error, ["error_description"] = fault.Description });
    }

    private static Task WriteAsync(HttpContext context, int status, JsonObject json)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(json, context.RequestAborted);
    }
}

/// <summary>A client that registered itself, with what only it may know.</summary>
/// <param name="Client">The client.</param>
/// <param name="AccessToken">Its registration access token (RFC 7592 §3).</param>
/// <param name="Secret">Its secret, where it has just been made or shown.</param>
internal sealed record RegisteredClient(ClientRecord Client, string AccessToken, string? Secret);
