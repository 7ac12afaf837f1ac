namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>Something that happened at the authorization server, for the owner to see. No secret, no token, no code.</summary>
internal sealed class ActivityRecord
{
    /// <summary>Grows by one.</summary>
    public long Id { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset Time { get; set; }

    /// <summary>What: a code of <see cref="Activities.ActivityKinds"/>.</summary>
    public required string Kind { get; set; }

    /// <summary>The client's <c>client_id</c>, if one is concerned.</summary>
    public string? ClientId { get; set; }

    /// <summary>The grant, if one is concerned.</summary>
    public string? GrantId { get; set; }

    /// <summary>The subject, if one is known.</summary>
    public string? Subject { get; set; }

    /// <summary>The prefix of the address that it came from; <c>null</c> for the machine itself.</summary>
    public string? AddressPrefix { get; set; }

    /// <summary>More, short and made safe.</summary>
    public string? Detail { get; set; }
}
