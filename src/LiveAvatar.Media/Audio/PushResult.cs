namespace LiveAvatar.Media.Audio;

/// <summary>What the jitter buffer did with a packet.</summary>
public enum PushResult
{
    /// <summary>It will come out.</summary>
    Kept,

    /// <summary>It is here or has come out already.</summary>
    Duplicate,

    /// <summary>It was given up before it came.</summary>
    TooLate,

    /// <summary>No room: nobody takes packets out.</summary>
    Full,

    /// <summary>Its payload is longer than any Opus packet in a datagram.</summary>
    TooLong,
}
