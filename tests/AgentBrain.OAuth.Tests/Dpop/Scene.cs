using System.Text.Json.Nodes;
using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Replay;
using Microsoft.Extensions.Time.Testing;

namespace AgentBrain.OAuth.Tests.Dpop;

/// <summary>A validator in the tenth minute of its store's life, and a client with a token that is bound to its key.</summary>
internal sealed class Scene : IDisposable
{
    public const string Target = "https://brain.example/mcp";
    public const string Token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";

    public Scene(DpopOptions? options = null, string algorithm = "ES256", IReplayStore? store = null)
    {
        Options = options ?? new DpopOptions();
        Store = store ?? new MemoryReplayStore(Time, Options.Capacity, Options.LivePerKey);
        Nonces = new NonceSource(Store, Time);
        Validator = new ProofValidator(Options, Store, Nonces, Time);
        Client = ProofMaker.Create(algorithm);
        Time.Advance(TimeSpan.FromMinutes(10));
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public DpopOptions Options { get; }

    public IReplayStore Store { get; }

    public NonceSource Nonces { get; }

    public ProofValidator Validator { get; }

    public ProofMaker Client { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public JsonObject Claims(string? nonce = null) => ProofMaker.Claims("POST", Target, Now, Token, nonce);

    public string Proof(Action<JsonObject>? header = null, Action<JsonObject>? claims = null, string? nonce = null)
    {
        var head = Client.Header();
        var payload = Claims(nonce);
        header?.Invoke(head);
        claims?.Invoke(payload);
        return Client.Sign(head, payload);
    }

    public ProofRequest Request(params string?[] headers) => new(headers, "POST", Target, Token, Client.Thumbprint);

    public ProofOutcome Check(params string?[] headers) => Validator.Check(Request(headers));

    public async Task<ProofOutcome> UseAsync(string proof)
    {
        var outcome = Check(proof);
        return outcome.Proof is null ? outcome : await Validator.ConsumeAsync(outcome.Proof, Target, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        Validator.Dispose();
        Client.Dispose();
    }
}
