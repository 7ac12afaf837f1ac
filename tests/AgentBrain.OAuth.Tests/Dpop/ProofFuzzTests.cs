using System.Globalization;
using AgentBrain.OAuth.Dpop;
using AgentBrain.OAuth.Replay;

namespace AgentBrain.OAuth.Tests.Dpop;

/// <summary>
/// Whatever is done to a proof, it is refused, and never with an exception. <c>AGENT_BRAIN_FUZZ</c> is the number of inputs for a longer
/// run, which then also differs from the last one.
/// </summary>
public sealed class ProofFuzzTests
{
    private const int Usual = 100_000;
    private static readonly string? Asked = Environment.GetEnvironmentVariable("AGENT_BRAIN_FUZZ");
    private static readonly int Inputs = Asked is null ? Usual : int.Parse(Asked, CultureInfo.InvariantCulture);
    private static readonly int Seed = Asked is null ? 9449 : Environment.TickCount;

    [Theory]
    [InlineData("ES256", 92)]
    [InlineData("RS256", 8)]
    public async Task No_mutant_of_a_proof_is_accepted(string algorithm, int percent)
    {
        using var scene = new Scene(algorithm: algorithm);
        using var thief = ProofMaker.Create("ES256");
        var random = new Random(Seed);
        var mutator = new ProofMutator(random, scene.Client, thief);
        Assert.Null((await scene.UseAsync(scene.Proof())).Reason);
        var proofs = Enumerable.Range(0, 16).Select(_ => scene.Proof()).ToArray();
        var reasons = new Dictionary<string, int>(StringComparer.Ordinal);

        for (var count = 0; count < Inputs / 100 * percent; count++)
        {
            var proof = proofs[random.Next(16)];
            var mutant = mutator.Mutate(proof, proofs[random.Next(16)]);
            if (proofs.Contains(mutant, StringComparer.Ordinal))
                continue;

            var outcome = scene.Check(mutant);
            Assert.True(outcome.Proof is null && outcome.Reason is not null, $"accepted (seed {Seed}): {mutant}");
            reasons[outcome.Reason!] = reasons.GetValueOrDefault(outcome.Reason!) + 1;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", reasons.OrderByDescending(reason => reason.Value)));
        Assert.All(proofs, proof => Assert.Null(scene.Check(proof).Reason));
        Assert.Subset(
            reasons.Keys.ToHashSet(StringComparer.Ordinal),
            new HashSet<string>(StringComparer.Ordinal) { Reasons.ProofMalformed, Reasons.ProofSignature, Reasons.ProofKey, Reasons.ProofClaims, Reasons.ProofType, Reasons.ProofBinding });
    }

    [Fact]
    public void No_text_makes_the_reader_of_targets_throw_and_its_form_is_final()
    {
        const string Characters = "https://brain.example:443/mcp?#%2e%2E%41./@[]:\\ \u00e40";
        var random = new Random(Seed);
        for (var count = 0; count < Inputs; count++)
        {
            var text = random.Next(3) == 0 ? "" : "https://brain.example"[..random.Next(8, 22)];
            text += string.Create(random.Next(20), random, (span, source) =>
            {
                foreach (ref var character in span)
                    character = Characters[source.Next(Characters.Length)];
            });
            if (TargetUri.Normalize(text) is not { } form)
                continue;

            Assert.StartsWith("http", form);
            Assert.DoesNotContain("/../", form + "/");
            Assert.Equal(form.TrimEnd('/'), TargetUri.Normalize(form)!.TrimEnd('/'));
        }
    }

    [Fact]
    public void No_text_is_read_as_nonce_or_epoch_by_chance()
    {
        using var scene = new Scene();
        var random = new Random(Seed);
        var epoch = ReplayEpoch.Begin(scene.Now).Value;
        for (var count = 0; count < Inputs / 10; count++)
        {
            var nonce = scene.Nonces.Issue(Scene.Target)!.ToCharArray();
            nonce[random.Next(nonce.Length)] = (char)random.Next(0x100);
            var text = new string(nonce);
            Assert.True(text == scene.Nonces.Issue(Scene.Target) || scene.Nonces.Verify(text, Scene.Target) is null);

            var stored = epoch.Remove(random.Next(epoch.Length), 1);
            if (ReplayEpoch.Parse(stored) is { } read)
                Assert.Equal(stored, read.Value);
        }
    }
}
