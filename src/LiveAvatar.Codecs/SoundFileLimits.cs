namespace LiveAvatar.Codecs;

/// <summary>What <see cref="SoundFile"/> refuses to read.</summary>
public sealed record SoundFileLimits
{
    /// <summary>The longest audio; four hours at 48 kHz take 2.8 GB as samples.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(4);

    /// <summary>The largest file in bytes.</summary>
    public long MaxLength { get; init; } = 1L << 30;
}
