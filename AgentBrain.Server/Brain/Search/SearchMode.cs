namespace AgentBrain.Server.Brains.Search;

/// <summary>How a query is answered.</summary>
internal enum SearchMode
{
    /// <summary>By terms (BM25).</summary>
    Bm25,

    /// <summary>By meaning; needs an embedding provider.</summary>
    Vector,

    /// <summary>By terms and meaning.</summary>
    Hybrid,

    /// <summary>By the relations between symbols.</summary>
    Graph,

    /// <summary>By everything there is, fused.</summary>
    Multi,
}
