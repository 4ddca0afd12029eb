namespace LiveAvatar.Pipeline.Voice;

/// <summary>What happened to an utterance.</summary>
public enum PlaybackEvent
{
    /// <summary>Its first sound is played.</summary>
    Started,

    /// <summary>It goes on.</summary>
    Progress,

    /// <summary>Nothing waits although it is not complete.</summary>
    Starved,

    /// <summary>It was played to its end.</summary>
    Ended,

    /// <summary>It was interrupted; the rest is discarded.</summary>
    Interrupted,
}

/// <summary>Tells what is heard of pushed sound, and when.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Utterance">To which utterance.</param>
/// <param name="Played">How much of it has been played.</param>
/// <param name="MediaTime">Media time that comes next.</param>
/// <param name="Buffered">How much sound waits, of all utterances.</param>
public readonly record struct Playback(PlaybackEvent Event, ulong Utterance, TimeSpan Played, TimeSpan MediaTime, TimeSpan Buffered);
