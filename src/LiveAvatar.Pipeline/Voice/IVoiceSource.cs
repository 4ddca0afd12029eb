namespace LiveAvatar.Pipeline.Voice;

/// <summary>Where a session's voice comes from: it makes chunks for the face and packets for the viewers, on one timeline.</summary>
internal interface IVoiceSource : IDisposable
{
    /// <summary>Begins the timeline; until sound comes, silence is heard.</summary>
    public void Start(TimeSpan now);

    /// <summary>Lets time pass. Pacing thread.</summary>
    /// <returns>Whether a chunk was completed.</returns>
    public bool Tick(TimeSpan now);

    /// <summary>Stops what is being said. Any thread.</summary>
    /// <returns>Media time of the next sound: what comes before it shall not be heard any more.</returns>
    public TimeSpan Interrupt();
}
