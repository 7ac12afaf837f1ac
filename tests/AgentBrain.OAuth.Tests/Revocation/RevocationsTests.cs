using AgentBrain.OAuth.Revocation;
using Microsoft.Extensions.Time.Testing;
using static AgentBrain.OAuth.Tests.Revocation.SampleToken;

namespace AgentBrain.OAuth.Tests.Revocation;

public sealed class RevocationsTests
{
    private readonly FakeTimeProvider _time = new();

    public static TheoryData<string> Kinds => ["subject", "grant", "session", "token"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_revoked_token_is_refused_however_it_was_named(string kind)
    {
        var revocations = new Revocations(_time);
        var token = IssuedAt(_time.GetUtcNow());
        Assert.False(revocations.IsRevoked(token));

        revocations.Revoke(Target(kind));

        Assert.True(revocations.IsRevoked(token));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nobody_elses_token_is_concerned(string kind)
    {
        var revocations = new Revocations(_time);
        var token = IssuedAt(_time.GetUtcNow());

        revocations.Revoke(Target(kind));

        Assert.False(revocations.IsRevoked(token with { Issuer = "https://other.example" }));
        Assert.False(revocations.IsRevoked(token with { Subject = "bob", ClientId = "client-2", SessionId = null, TokenId = null }));
        Assert.Equal(kind == "subject", revocations.IsRevoked(token with { ClientId = "client-2", SessionId = "session-2", TokenId = "token-2" }));
    }

    [Theory]
    [InlineData("subject", false)]
    [InlineData("grant", false)]
    [InlineData("session", true)]
    [InlineData("token", true)]
    public void A_person_can_grant_anew_and_a_session_does_not_come_back_while_its_revocation_is_kept(string kind, bool isForGood)
    {
        var revocations = new Revocations(_time);
        revocations.Revoke(Target(kind));

        // The issuer's clock may be ahead of ours by half a minute: what looks new may be old.
        Assert.True(revocations.IsRevoked(IssuedAt(_time.GetUtcNow() + TimeSpan.FromSeconds(30))));
        Assert.Equal(isForGood, revocations.IsRevoked(IssuedAt(_time.GetUtcNow() + TimeSpan.FromSeconds(31))));
    }

    [Fact]
    public void One_identifier_is_not_taken_for_another()
    {
        var all = new[]
        {
            RevocationTarget.Subject("a", "b"), RevocationTarget.Session("a", "b"), RevocationTarget.Token("a", "b"),
            RevocationTarget.Subject("ab", ""), RevocationTarget.Subject("", "ab"), RevocationTarget.Grant("a", "b", ""), RevocationTarget.Grant("a", "", "b"),
            RevocationTarget.Grant("a", "bc", "d"), RevocationTarget.Grant("a", "b", "cd"), RevocationTarget.Subject("a", "B"),
        };

        Assert.Equal(all.Length, all.Select(target => target.Digest).Distinct(StringComparer.Ordinal).Count());
        Assert.All(all, target => Assert.Matches("^[0-9a-f]{64}$", target.Digest));
        Assert.Equal(RevocationTarget.Session("a", "b"), RevocationTarget.Session("a", "b"));
    }

    [Fact]
    public void An_entry_is_kept_until_the_last_token_that_it_could_concern_has_ended_and_makes_room_then()
    {
        var revocations = new Revocations(_time) { Capacity = 2 };
        revocations.Revoke(Target("token"));
        revocations.Revoke(Target("subject"));

        _time.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1));
        Assert.Throws<InvalidOperationException>(() => revocations.Revoke(Target("session")));

        // Full, and nothing was given back for it; what is known already needs no room.
        Assert.True(revocations.IsRevoked(IssuedAt(_time.GetUtcNow())));
        revocations.Revoke(Target("subject"));

        _time.Advance(TimeSpan.FromSeconds(1));
        revocations.Revoke(Target("session"));
        Assert.Equal(2, revocations.Entries.Length);
    }

    [Fact]
    public void A_later_revocation_stands_and_an_earlier_one_changes_nothing()
    {
        var revocations = new Revocations(_time);
        var first = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromMinutes(10));
        revocations.Revoke(Target("grant"));
        revocations.Revoke(Target("grant"), first);

        Assert.True(revocations.IsRevoked(IssuedAt(first + TimeSpan.FromMinutes(5))));
    }

    [Fact]
    public void Who_listens_hears_of_what_is_new_once()
    {
        var revocations = new Revocations(_time);
        var heard = 0;
        revocations.Changed += (_, _) =>
        {
            heard++;
            Assert.True(revocations.IsRevoked(IssuedAt(_time.GetUtcNow())));
        };

        revocations.Revoke(Target("token"));
        revocations.Revoke(Target("token"));

        Assert.Equal(1, heard);
    }

    internal static RevocationTarget Target(string kind) => kind switch
    {
        "subject" => RevocationTarget.Subject(Issuer, "alice"),
        "grant" => RevocationTarget.Grant(Issuer, "client-1", "alice"),
        "session" => RevocationTarget.Session(Issuer, "session-1"),
        _ => RevocationTarget.Token(Issuer, "token-1"),
    };
}
