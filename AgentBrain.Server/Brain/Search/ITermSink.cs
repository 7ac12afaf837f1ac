namespace AgentBrain.Server.Brains.Search;

/// <summary>Takes the terms of a text.</summary>
internal interface ITermSink
{
    /// <summary>Takes one term.</summary>
    /// <param name="term">The term; its memory is used again after the call.</param>
    /// <param name="isPart">True for a part of a longer identifier that was given before.</param>
    void Add(ReadOnlySpan<char> term, bool isPart);
}
