namespace LiveAvatar.Media.WebM;

/// <summary>What a WebM file says about its one VP8 and its one Opus track.</summary>
public sealed record WebMOptions
{
    /// <summary>Picture columns, 1 to 16383.</summary>
    public required int Width { get; init; }

    /// <summary>Picture rows, 1 to 16383.</summary>
    public required int Height { get; init; }

    /// <summary>Samples at 48 kHz that the player drops at the start (RFC 7845 section 4.2), as the encoder reports them.</summary>
    public required int OpusPreSkip { get; init; }

    /// <summary>Voices in the Opus packets, 1 or 2.</summary>
    public int OpusChannels { get; init; } = 1;

    /// <summary>The rate of the sound before it was encoded, in Hz; for information only (RFC 7845 section 5.1).</summary>
    public int OpusInputRate { get; init; } = 48_000;

    /// <summary>Throws <see cref="ArgumentException"/> naming the first setting out of range.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Width, 16383);
        ArgumentOutOfRangeException.ThrowIfLessThan(Height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Height, 16383);
        ArgumentOutOfRangeException.ThrowIfNegative(OpusPreSkip);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(OpusPreSkip, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(OpusChannels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(OpusChannels, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(OpusInputRate, 1);
    }
}
