namespace AgentBrain.OAuth.Assertions;

/// <summary>An assertion that is right by itself; whether it was used before is asked next.</summary>
/// <param name="ClientId">The client that it is of, and that signed it.</param>
/// <param name="Id">Its <c>jti</c>.</param>
/// <param name="IssuedAt">Its <c>iat</c>; where it has none, the earliest that it can be of.</param>
/// <param name="ExpiresAt">Its <c>exp</c>.</param>
public sealed record ClientAssertion(string ClientId, string Id, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

/// <summary>The verdict on an assertion.</summary>
/// <param name="Assertion">The assertion; <c>null</c> when it was refused.</param>
/// <param name="Problem">What is wrong with it, for the log and for whoever wrote the client; no part of the assertion.</param>
public readonly record struct ClientAssertionOutcome(ClientAssertion? Assertion, string? Problem);
