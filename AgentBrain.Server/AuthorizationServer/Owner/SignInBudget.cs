namespace AgentBrain.Server.AuthorizationServer.Owner;

/// <summary>
/// How soon somebody may try again (SR-27). The first tries are free, then each takes twice as long as the one before, up to some
/// minutes and never longer: nobody is locked out. An attempt is counted when it begins, so many at a time are many. Browsers that
/// signed in before, and each method, have places of their own: whoever has many addresses takes those of strangers alone.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class SignInBudget(TimeProvider time)
{
    /// <summary>Tries without a delay.</summary>
    public const int Free = 3;

    /// <summary>The longest delay.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(5);

    private const int Capacity = 8192;
    private const string Overflow = "*";
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Method, bool IsKnown), Dictionary<string, Tries>> _groups = [];

    /// <summary>Begins an attempt.</summary>
    /// <param name="who">Who tries.</param>
    /// <param name="retryAfter">When it is too soon: how long to wait.</param>
    /// <returns>Whose budget it was counted against, to be told how it ended; <c>null</c> when it is too soon.</returns>
    public Trier? Begin(Trier who, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var group = GroupOf(who);
            var charged = Place(group, who, now);
            if (!group.TryGetValue(charged.Id, out var tries))
                group[charged.Id] = tries = new Tries { Last = now, NotBefore = now };

            retryAfter = tries.NotBefore - now;
            if (retryAfter > TimeSpan.Zero)
                return null;

            tries.Count++;
            tries.NotBefore = now + Delay(tries.Count);
            tries.Last = now;
            retryAfter = TimeSpan.Zero;
            return charged;
        }
    }

    /// <summary>The attempt was a right one; what came before it is forgotten.</summary>
    /// <param name="charged">What <see cref="Begin"/> said.</param>
    public void Succeed(Trier charged)
    {
        lock (_gate)
            GroupOf(charged).Remove(charged.Id);
    }

    /// <summary>The attempt was not judged at all; it counts for nothing.</summary>
    /// <param name="charged">What <see cref="Begin"/> said.</param>
    public void Undo(Trier charged)
    {
        lock (_gate)
        {
            var group = GroupOf(charged);
            if (!group.TryGetValue(charged.Id, out var tries))
                return;

            tries.Count--;
            tries.NotBefore = tries.Last + Delay(tries.Count);

            // What says no more than a new one would takes no place.
            if (tries.Count <= 0)
                group.Remove(charged.Id);
        }
    }

    /// <summary>How long after so many tries the next must wait.</summary>
    public static TimeSpan Delay(int tries) =>
        tries < Free ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(MaxDelay.TotalSeconds, Math.Pow(2, Math.Min(tries - Free, 16))));

    private Dictionary<string, Tries> GroupOf(Trier who)
    {
        if (!_groups.TryGetValue((who.Method, who.IsKnown), out var group))
            _groups[(who.Method, who.IsKnown)] = group = new Dictionary<string, Tries>(StringComparer.Ordinal);

        return group;
    }

    /// <summary>The place that counts for somebody: their own, or, when all are taken, the one that newcomers share.</summary>
    private static Trier Place(Dictionary<string, Tries> group, Trier who, DateTimeOffset now)
    {
        if (group.TryGetValue(who.Id, out var own))
        {
            if (now - own.Last >= Forgotten)
                group.Remove(who.Id);

            return who;
        }

        if (group.Count >= Capacity)
        {
            foreach (var old in group.Where(pair => now - pair.Value.Last >= Forgotten).Select(pair => pair.Key).ToList())
                group.Remove(old);
        }

        // Whoever has many addresses must not choose our memory's size.
        return group.Count >= Capacity ? who with { Id = Overflow } : who;
    }

    private sealed class Tries
    {
        public int Count { get; set; }

        public required DateTimeOffset NotBefore { get; set; }

        public required DateTimeOffset Last { get; set; }
    }
}

/// <summary>Somebody who tries to sign in.</summary>
/// <param name="Method"><c>password</c> or <c>passkey</c>.</param>
/// <param name="IsKnown">Did the browser sign in before?</param>
/// <param name="Id">The browser's id, if so, else the address prefix.</param>
internal sealed record Trier(string Method, bool IsKnown, string Id);
