namespace LiveAvatar.Media.Rtp;

/// <summary>Limits of a receiver's playout delay, in steps of 10 ms up to 40.95 s; 0 to 0 asks for rendering at once.</summary>
/// <param name="Min">The least delay.</param>
/// <param name="Max">The most delay; not below <paramref name="Min"/>.</param>
public readonly record struct PlayoutDelay(TimeSpan Min, TimeSpan Max);
