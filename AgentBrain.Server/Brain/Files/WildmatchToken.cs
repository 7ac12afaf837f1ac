namespace AgentBrain.Server.Brains.Files;

/// <summary>An element of a glob.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Characters">What leads past it, in ascending ranges that do not touch; for stars, which nothing has to lead past, empty.</param>
internal readonly record struct WildmatchToken(TokenKind Kind, CharRange[] Characters)
{
    /// <summary>Any number of characters other than slashes.</summary>
    public static WildmatchToken Star { get; } = new(TokenKind.Star, []);

    /// <summary>Any number of any characters.</summary>
    public static WildmatchToken Anything { get; } = new(TokenKind.Anything, []);

    /// <summary>Nothing, or anything up to a slash.</summary>
    public static WildmatchToken Directories { get; } = new(TokenKind.Directories, [new CharRange('/', '/')]);

    /// <summary>One character other than a slash.</summary>
    public static WildmatchToken Any { get; } = new(TokenKind.Characters, [new CharRange('\0', '.'), new CharRange('0', char.MaxValue)]);

    /// <summary>One certain character.</summary>
    public static WildmatchToken Literal(char c) => new(TokenKind.Characters, [new CharRange(c, c)]);
}

/// <summary>What an element of a glob stands for.</summary>
internal enum TokenKind
{
    /// <summary>One of some characters.</summary>
    Characters,

    /// <summary>Any number of characters other than slashes.</summary>
    Star,

    /// <summary>Any number of any characters.</summary>
    Anything,

    /// <summary>Nothing, or anything up to a slash.</summary>
    Directories,
}

/// <summary>Characters from one to another, both included.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
internal readonly record struct CharRange(char First, char Last);
