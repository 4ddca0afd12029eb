namespace LiveAvatar.Media.Audio;

/// <summary>Limits of the <see cref="AudioJitterBuffer"/>.</summary>
public sealed record AudioJitterBufferOptions
{
    /// <summary>Packets that can wait: above what comes in the longest hold time, at 2.5 ms each.</summary>
    public int Capacity { get; init; } = 64;

    /// <summary>Bytes of the longest payload.</summary>
    public int MaxPayload { get; init; } = 1500;

    /// <summary>How long a gap is waited for before anything is known about the path.</summary>
    public TimeSpan InitialHold { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>The least time a gap is waited for, even where packets never overtake each other.</summary>
    public TimeSpan MinHold { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The most time a gap is waited for: longer, and the face lags more than a lost syllable hurts.</summary>
    public TimeSpan MaxHold { get; init; } = TimeSpan.FromMilliseconds(80);

    /// <summary>Packets missing in a row that are reported one by one; longer gaps are outages, skipped at once.</summary>
    public int MaxConcealedPackets { get; init; } = 25;
}
