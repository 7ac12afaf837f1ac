namespace AgentBrain.Server.Brains.Files;

/// <summary>What a glob with braces stands for, as globs without, while it is read.</summary>
internal sealed class WildmatchAlternatives
{
    private List<List<WildmatchToken>> _done = [];
    private List<List<WildmatchToken>> _current = [[]];

    /// <summary>False once there are more than <see cref="Wildmatch.MaxPositions"/>; what is added then is lost.</summary>
    public bool Fit { get; private set; } = true;

    /// <summary>Appends an element to the alternatives since the last <see cref="Next"/>.</summary>
    public void Append(WildmatchToken token)
    {
        List<List<WildmatchToken>>? split = null;
        foreach (var tokens in _current)
        {
            if (Append(tokens, token) is { } other)
                (split ??= []).Add(other);
        }

        _current.AddRange(split ?? []);
        Check(_current);
    }

    /// <summary>Begins an alternative to all before.</summary>
    public void Next()
    {
        _done.AddRange(_current);
        _current = [[]];
        Check(_done);
    }

    /// <summary>Appends each of some alternatives to each of those since the last <see cref="Next"/>.</summary>
    public void Append(WildmatchAlternatives inner)
    {
        var tails = inner.All();
        Fit &= inner.Fit && (long)tails.Count * _current.Count <= Wildmatch.MaxPositions;
        if (!Fit)
            return;
        var result = new List<List<WildmatchToken>>();
        foreach (var tail in tails)
        {
            var combined = new WildmatchAlternatives { _current = [.. _current.Select(static tokens => tokens.ToList())] };
            foreach (var token in tail)
                combined.Append(token);
            result.AddRange(combined._current);
            Check(result);
            if (!Fit)
                return;
        }

        _current = result;
    }

    /// <summary>All alternatives.</summary>
    public List<List<WildmatchToken>> All() => [.. _done, .. _current];

    // Stars beside stars say no more than one of them. The exception is "nothing, or up to a slash" after a star, which is two
    // alternatives: the star alone, or anything up to a slash. Only braces put the two side by side.
    private static List<WildmatchToken>? Append(List<WildmatchToken> tokens, WildmatchToken token)
    {
        var last = tokens.Count > 0 ? tokens[^1].Kind : TokenKind.Characters;
        switch (token.Kind, last)
        {
            case (TokenKind.Star, TokenKind.Star or TokenKind.Anything):
            case (TokenKind.Anything or TokenKind.Directories, TokenKind.Anything):
            case (TokenKind.Directories, TokenKind.Directories):
                return null;
            case (TokenKind.Anything, TokenKind.Star):
                tokens[^1] = token;
                return null;
            case (TokenKind.Directories, TokenKind.Star):
                return [.. tokens[..^1], WildmatchToken.Anything, WildmatchToken.Literal('/')];
            default:
                tokens.Add(token);
                return null;
        }
    }

    private void Check(List<List<WildmatchToken>> alternatives)
    {
        Fit &= alternatives.Sum(static tokens => tokens.Count + 1) <= Wildmatch.MaxPositions;
        if (!Fit)
            (_done, _current) = ([], [[]]);
    }
}
