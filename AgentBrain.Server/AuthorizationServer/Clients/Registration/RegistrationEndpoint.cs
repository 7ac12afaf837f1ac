using System.Text.Json;
using AgentBrain.OAuth.Challenges;
using AgentBrain.OAuth.Clients;
using AgentBrain.Server.Authorization;
using AgentBrain.Server.AuthorizationServer.Endpoints;

namespace AgentBrain.Server.AuthorizationServer.Clients.Registration;

/// <summary>Dynamic client registration (RFC 7591), and its management by the client (RFC 7592).</summary>
internal static class RegistrationEndpoint
{
    private const string Id = "clientId";

    /// <summary>What a client may not send when it changes its registration (RFC 7592 §2.2).</summary>
    private static readonly string[] NotForUpdates = ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

    /// <summary>Maps it.</summary>
    public static void MapRegistration(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(EndpointPaths.Registration, RegisterAsync).WithMetadata(new OwnOriginRules(), new AuthorizationServerEndpoint()).AllowAnonymous();
        endpoints.Map($"{EndpointPaths.Registration}/{{{Id}}}", ManageAsync).WithMetadata(new OwnOriginRules(), new TakesPut(), new AuthorizationServerEndpoint()).AllowAnonymous();
    }

    private static Task ManageAsync(HttpContext context)
    {
        switch (context.Request.Method)
        {
            case "GET":
                return ReadAsync(context);
            case "PUT":
                return ReplaceAsync(context);
            case "DELETE":
                return RemoveAsync(context);
            default:
                context.Response.Headers.Allow = "GET, PUT, DELETE";
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                return Task.CompletedTask;
        }
    }

    private static async Task RegisterAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var answers = services.GetRequiredService<RegistrationAnswers>();
        if (Admit(context) is { } refused)
        {
            await answers.RefuseAsync(context, refused);
            return;
        }

        var (json, fault) = await services.GetRequiredService<RegistrationBody>().ReadAsync(context.Request);
        var metadata = fault is null ? ReadMetadata(context, json, out fault) : null;
        if (metadata is null)
            await answers.RefuseAsync(context, fault!);
        else
            await answers.TellAsync(context, StatusCodes.Status201Created, await services.GetRequiredService<RegistrationStore>().AddAsync(metadata, Address(context)));
    }

    private static async Task ReadAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var answers = services.GetRequiredService<RegistrationAnswers>();
        if (Token(context) is { } token && await services.GetRequiredService<RegistrationStore>().FindAsync(ClientId(context), token, context.RequestAborted) is { } client)
            await answers.TellAsync(context, StatusCodes.Status200OK, new RegisteredClient(client, token, null));
        else
            await answers.RefuseAsync(context, RegistrationFault.Token);
    }

    private static async Task ReplaceAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var (answers, store) = (services.GetRequiredService<RegistrationAnswers>(), services.GetRequiredService<RegistrationStore>());
        if (Token(context) is not { } token || await store.FindAsync(ClientId(context), token, context.RequestAborted) is not { } client)
        {
            await answers.RefuseAsync(context, RegistrationFault.Token);
            return;
        }

        if (Admit(context) is { } refused)
        {
            await answers.RefuseAsync(context, refused);
            return;
        }

        var (json, fault) = await services.GetRequiredService<RegistrationBody>().ReadAsync(context.Request);
        fault ??= JudgeUpdate(json, client.ClientId!, client.ClientSecret);
        var metadata = fault is null ? ReadMetadata(context, json, out fault) : null;
        if (metadata is null)
            await answers.RefuseAsync(context, fault!);
        else if (await store.ReplaceAsync(client.ClientId!, token, metadata, Address(context)) is { } replaced)
            await answers.TellAsync(context, StatusCodes.Status200OK, replaced with { Secret = replaced.Secret ?? Text(json, "client_secret") });
        else
            await answers.RefuseAsync(context, RegistrationFault.Token);
    }

    private static async Task RemoveAsync(HttpContext context)
    {
        var services = context.RequestServices;
        if (Token(context) is { } token && await services.GetRequiredService<RegistrationStore>().RemoveAsync(ClientId(context), token, Address(context)))
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            await services.GetRequiredService<RegistrationAnswers>().RefuseAsync(context, RegistrationFault.Token);
    }

    private static RegistrationFault? Admit(HttpContext context)
    {
        if (!context.RequestServices.GetRequiredService<ClientAdmission>().IsOpen)
            return RegistrationFault.Closed;

        return context.RequestServices.GetRequiredService<RegistrationLimits>().TryTake(context, out var retryAfter) ? null : RegistrationFault.TooMany(retryAfter);
    }

    private static ClientMetadata? ReadMetadata(HttpContext context, JsonElement json, out RegistrationFault? fault)
    {
        fault = null;
        if (ClientMetadataReader.ReadRegistration(json, out var problem) is not { } metadata)
        {
            fault = RegistrationFault.Of(problem!);
            return null;
        }

        var allowed = context.RequestServices.GetRequiredService<ClientAdmission>().Allowed(metadata.RedirectUris);
        if (allowed.Length > 0)
            return metadata with { RedirectUris = allowed };

        fault = new RegistrationFault(StatusCodes.Status400BadRequest, Reasons.RegistrationClosed, MetadataProblem.InvalidRedirectUri, "redirect_uris has no https URI on a host of the operator's list.");
        return null;
    }

    private static RegistrationFault? JudgeUpdate(JsonElement json, string clientId, string? secretDigest)
    {
        if (Text(json, "client_id") != clientId)
            return RegistrationFault.Of("client_id must be there, and be the client's own.");

        if (Array.Find(NotForUpdates, name => json.TryGetProperty(name, out _)) is { } name)
            return RegistrationFault.Of($"{name} is not for the client to send.");

        return json.TryGetProperty("client_secret", out _) && !(Text(json, "client_secret") is { } secret && ClientIds.IsSecret(secretDigest, secret))
            ? RegistrationFault.Of("client_secret is not the one that the client has; it cannot choose one.")
            : null;
    }

    private static string? Token(HttpContext context) =>
        AuthorizationHeader.Read(context.Request.Headers.Authorization, takesDpop: false) is { Reason: null, Token: var token } ? token : null;

    private static string ClientId(HttpContext context) => (string)context.GetRouteValue(Id)!;

    private static string Address(HttpContext context) => AddressPrefix.Of(context.Connection.RemoteIpAddress);

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
