namespace LiveAvatar.Pipeline.Ledger;

/// <summary>What became of a frame.</summary>
public enum FrameFate
{
    /// <summary>It went to everyone who watches.</summary>
    Sent,

    /// <summary>Nobody watched, so it was not drawn; its motion went out.</summary>
    NotWatched,

    /// <summary>Newer sound was there already when its sound had been heard, so it was not drawn.</summary>
    Late,

    /// <summary>All picture buffers were in use, so it was not drawn.</summary>
    NoBuffer,

    /// <summary>A newer picture took its place in front of the encoder.</summary>
    Overtaken,

    /// <summary>It never came to a worker: too much sound waited for one.</summary>
    NotHeard,

    /// <summary>It was not encoded because the network bears fewer frames.</summary>
    LeftOut,
}
