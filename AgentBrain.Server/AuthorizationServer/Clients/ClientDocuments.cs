using AgentBrain.OAuth.Clients;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Clients;

/// <summary>Fetches client id metadata documents and keeps what they say. What cannot be fetched or is not right changes nothing.</summary>
internal sealed class ClientDocuments(
    DocumentFetcher fetcher, DocumentLimits limits, AuthorityStore store, GrantStore grants, ClientAdmission admission, ActivityLog activities, TimeProvider time)
{
    /// <summary>The answer to a client that is on no list.</summary>
    public static readonly ClientResolution NotAllowed =
        ClientResolution.Refused(Reasons.RegistrationClosed, "Neither the host of this client_id nor its redirect URIs are on the operator's list.");

    /// <summary>Fetches a document and keeps it.</summary>
    public async Task<ClientResolution> FetchAsync(ClientIdUrl url, CancellationToken cancellationToken)
    {
        var fetched = await fetcher.FetchAsync(url, cancellationToken);
        if (fetched is not FetchedDocument.Found document)
            return Refused("client_id", ((FetchedDocument.Failed)fetched).Failure);

        if (ClientMetadataReader.ReadDocument(document.Json, url.Text, out var problem) is not { } metadata)
            return ClientResolution.Refused(Reasons.ClientDocument, $"The document behind the client_id is not right: {problem!.Description}");

        if (!admission.Allows(url, metadata.RedirectUris))
            return NotAllowed;

        if (metadata.JwksUri is null)
            return await KeepAsync(url, metadata, null, document.FreshFor, cancellationToken);

        var (keys, freshFor, refusal) = await FetchKeysAsync(metadata.JwksUri, cancellationToken);
        return refusal ?? await KeepAsync(url, metadata, keys, document.FreshFor < freshFor ? document.FreshFor : freshFor, cancellationToken);
    }

    /// <summary>Fetches the keys behind a <c>jwks_uri</c>, through the same guard.</summary>
    public async Task<(string? Keys, TimeSpan FreshFor, ClientResolution? Refusal)> FetchKeysAsync(string address, CancellationToken cancellationToken)
    {
        if (!ClientIdUrl.TryRead(address, limits.AllowLoopback, out var url, out var problem))
            return (null, default, ClientResolution.Refused(Reasons.ClientDocument, $"The jwks_uri {problem}."));

        var fetched = await fetcher.FetchAsync(url, cancellationToken);
        if (fetched is not FetchedDocument.Found document)
            return (null, default, Refused("jwks_uri", ((FetchedDocument.Failed)fetched).Failure));

        var keys = ClientKeys.Read(document.Json, out problem);
        return keys is null ? (null, default, ClientResolution.Refused(Reasons.ClientDocument, $"What is behind the jwks_uri {problem}.")) : (keys, document.FreshFor, null);
    }

    private async Task<ClientResolution> KeepAsync(ClientIdUrl url, ClientMetadata metadata, string? keys, TimeSpan freshFor, CancellationToken cancellationToken)
    {
        var (digest, now) = (ClientIds.Digest(url.Text), time.GetUtcNow());
        var (client, isAnother) = await store.WriteAsync(async context =>
        {
            var record = await context.Clients.SingleOrDefaultAsync(row => row.ClientIdDigest == digest, cancellationToken);
            var isNew = record is null;
            if (record is null)
            {
                await ClientCapacity.MakeRoomAsync(context);
                record = ClientRecord.Create(url.Text, ClientKind.Document, now);
                context.Clients.Add(record);
            }

            var changed = record.Apply(metadata, keys);
            record.FreshUntil = now + freshFor;
            if (isNew || changed)
                activities.Add(context, isNew ? ActivityKinds.ClientRegistered : ActivityKinds.ClientChanged, new ActivitySubject(record.ClientId, Detail: "document"));

            return (record, changed);
        }, cancellationToken);

        // Codes and refresh tokens of the old digest are dead with the row; this ends access tokens, consent and open requests too.
        if (isAnother)
            await grants.RevokeClientAsync(url.Text, ActivityKinds.ClientChanged, null);

        return ClientResolution.Found(client);
    }

    private static ClientResolution Refused(string member, FetchFailure failure) => ClientResolution.Refused(Reasons.ClientDocument, $"What {member} leads to was not read: " + failure switch
    {
        FetchFailure.TooMany => "too many documents were asked for within a minute; try again shortly.",
        FetchFailure.ForbiddenAddress => "its host has an address that is not of the public internet.",
        FetchFailure.Unreachable => "its host could not be reached over TLS.",
        FetchFailure.TooSlow => "it was not there within the time limit.",
        FetchFailure.NotOk => "the status is not 200; redirects are not followed.",
        FetchFailure.NotJsonType => "its type is not application/json.",
        FetchFailure.TooLarge => "it is too large.",
        _ => "it is not one JSON object.",
    });
}
