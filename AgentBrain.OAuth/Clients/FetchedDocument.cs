using System.Text.Json;

namespace AgentBrain.OAuth.Clients;

/// <summary>What came of fetching a document.</summary>
public abstract record FetchedDocument
{
    private FetchedDocument()
    {
    }

    /// <summary>There it is.</summary>
    /// <param name="Json">One JSON object.</param>
    /// <param name="FreshFor">For how long it may be believed.</param>
    public sealed record Found(JsonElement Json, TimeSpan FreshFor) : FetchedDocument;

    /// <summary>It could not be had, and that is not remembered.</summary>
    /// <param name="Failure">Why.</param>
    public sealed record Failed(FetchFailure Failure) : FetchedDocument;
}

/// <summary>Why a document could not be had.</summary>
public enum FetchFailure
{
    /// <summary>Too many were asked for within a minute.</summary>
    TooMany,

    /// <summary>Its host has an address that is not of the public internet.</summary>
    ForbiddenAddress,

    /// <summary>Its host could not be found or reached, did not prove its name, or broke off.</summary>
    Unreachable,

    /// <summary>It was not there in time.</summary>
    TooSlow,

    /// <summary>The status was another than 200; redirects are not followed.</summary>
    NotOk,

    /// <summary>It was said to be something else than JSON.</summary>
    NotJsonType,

    /// <summary>It was too large.</summary>
    TooLarge,

    /// <summary>It was not one JSON object that all readers read alike.</summary>
    NotJson,
}
