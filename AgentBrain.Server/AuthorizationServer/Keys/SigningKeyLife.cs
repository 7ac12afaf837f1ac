using System.Collections.Immutable;
using System.Security.Cryptography;
using AgentBrain.Server.AuthorizationServer.Activities;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>What becomes of the signing keys, within one transaction and at one time.</summary>
internal sealed class SigningKeyLife(AuthorityContext context, List<SigningKeyRecord> records, SigningKeyTimes times, DateTimeOffset now, ISealer sealer, ActivityLog activities)
{
    private const string Algorithm = "ES256";
    private readonly Dictionary<string, SigningKeyPair> _made = [];

    private SigningKeyRecord? Next => records.Find(record => IsLive(record) && record != Current());

    /// <summary>Does what time demands.</summary>
    public void Advance()
    {
        var current = Current() ?? Make(now);
        foreach (var older in records.Where(record => IsLive(record) && record != current && IsBefore(record, current)))
        {
            older.RetiredAt = now;
            Tell(ActivityKinds.KeyRetired, older);
        }

        if (Next is null && now >= PreparedFrom(current))
            Make(now + SigningKeyTimes.PublishAhead);

        foreach (var over in records.Where(record => OverAt(record) <= now).ToArray())
        {
            records.Remove(over);
            context.Remove(over);
        }
    }

    /// <summary>Makes the next key, if there is none; true always.</summary>
    public bool Prepare()
    {
        if (Next is null)
            Make(now + SigningKeyTimes.PublishAhead);

        return true;
    }

    /// <summary>Takes a key away that was stolen.</summary>
    /// <returns>False when there is no such key.</returns>
    public bool Withdraw(string id, string? addressPrefix)
    {
        if (records.Find(record => record.Id == id) is not { } stolen)
            return false;

        if (stolen.CompromisedAt is not null)
            return true;

        // Whoever read this key could have read the one that waits.
        var next = Next;
        var signed = stolen == Current();
        stolen.CompromisedAt = now;
        stolen.PrivateKey = [];
        stolen.IsSealed = false;
        Tell(ActivityKinds.KeyCompromised, stolen, addressPrefix);
        if (next is not null && next != stolen)
        {
            records.Remove(next);
            context.Remove(next);
        }

        if (signed)
            Make(now);

        return true;
    }

    /// <summary>The keys as they are after all that; the same ring when nothing became of them.</summary>
    /// <exception cref="ConfigurationException">One cannot be read.</exception>
    public SigningKeyRing ToRing(SigningKeyRing? before)
    {
        var current = Current()!;
        var keys = records.OrderBy(record => record == current ? 0 : 1).ThenByDescending(static record => record.ActiveFrom)
            .Select(record => new SigningKeyEntry(Info(record, current), record.CompromisedAt is null ? Read(record, before) : null))
            .ToImmutableArray();
        var dueAt = records.Select(OverAt).Append(Next?.ActiveFrom ?? PreparedFrom(current)).Min();
        return before is not null && before.Keys.SequenceEqual(keys) && before.DueAt == dueAt ? before : new SigningKeyRing((before?.Version ?? 0) + 1, keys, dueAt);
    }

    /// <summary>The key that has begun last. A clock that was set back may leave none that has begun; then the one that begins first.</summary>
    private SigningKeyRecord? Current() =>
        records.Where(record => IsLive(record) && record.ActiveFrom <= now).OrderByDescending(static record => record.ActiveFrom).ThenByDescending(static record => record.CreatedAt).FirstOrDefault()
        ?? records.Where(IsLive).OrderBy(static record => record.ActiveFrom).FirstOrDefault();

    private static bool IsLive(SigningKeyRecord record) => record is { RetiredAt: null, CompromisedAt: null };

    private static bool IsBefore(SigningKeyRecord record, SigningKeyRecord current) =>
        record.ActiveFrom < current.ActiveFrom || (record.ActiveFrom == current.ActiveFrom && record.CreatedAt <= current.CreatedAt);

    private static DateTimeOffset PreparedFrom(SigningKeyRecord current) => current.ActiveFrom + SigningKeyTimes.MaxAge - SigningKeyTimes.PublishAhead;

    private DateTimeOffset OverAt(SigningKeyRecord record) => record switch
    {
        { CompromisedAt: { } compromised } => compromised + SigningKeyTimes.Memory,
        { RetiredAt: { } retired } => retired + times.Afterlife,
        _ => DateTimeOffset.MaxValue,
    };

    private SigningKeyRecord Make(DateTimeOffset activeFrom)
    {
        var pair = SigningKeyPair.Create();
        var plain = pair.Export();
        var record = new SigningKeyRecord
        {
            Id = pair.Id,
            Algorithm = Algorithm,
            PrivateKey = sealer.Seal(Purpose(pair.Id), plain),
            IsSealed = sealer.IsSealing,
            CreatedAt = now,
            ActiveFrom = activeFrom,
        };
        CryptographicOperations.ZeroMemory(plain);
        _made.Add(pair.Id, pair);
        records.Add(record);
        context.Add(record);
        Tell(ActivityKinds.KeyCreated, record);
        return record;
    }

    private SigningKeyPair Read(SigningKeyRecord record, SigningKeyRing? before)
    {
        if ((_made.GetValueOrDefault(record.Id) ?? before?.Find(record.Id)) is { } known)
            return known;

        var plain = sealer.Open(Purpose(record.Id), record.PrivateKey, record.IsSealed);
        try
        {
            return SigningKeyPair.Import(plain) is var pair && pair.Id == record.Id ? pair : throw new CryptographicException("The key is not the one of its name.");
        }
        catch (CryptographicException exception)
        {
            throw new ConfigurationException($"A signing key in {SettingNames.Data} is damaged; restore a backup.", exception);
        }
    }

    /// <summary>What a private key is sealed for: this one, and no other.</summary>
    internal static string Purpose(string id) => "signing-key/" + id;

    private void Tell(string kind, SigningKeyRecord record, string? addressPrefix = null) =>
        activities.Add(context, kind, new ActivitySubject(AddressPrefix: addressPrefix, Detail: record.Id));

    private static SigningKeyInfo Info(SigningKeyRecord record, SigningKeyRecord current) => new(
        record.Id,
        record switch
        {
            { CompromisedAt: not null } => SigningKeyState.Compromised,
            { RetiredAt: not null } => SigningKeyState.Retired,
            _ when record == current => SigningKeyState.Current,
            _ => SigningKeyState.Next,
        },
        record.CreatedAt,
        record.ActiveFrom,
        record.RetiredAt,
        record.CompromisedAt);
}
