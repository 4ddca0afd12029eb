namespace LiveAvatar.Codecs;

/// <summary>How one video stream is encoded; the size is fixed for the encoder's life.</summary>
public sealed record VideoEncoderOptions
{
    /// <summary>The lowest target bit rate, bits per second.</summary>
    public const int MinBitrate = 10_000;

    /// <summary>Pixels, even, 16 to 4096.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels, even, 16 to 4096.</summary>
    public required int Height { get; init; }

    /// <summary>Nominal pictures per second, 1 to 120; the rate control starts from it.</summary>
    public double FrameRate { get; init; } = 25;

    /// <summary>Target in bits per second.</summary>
    public int Bitrate { get; init; } = 1_200_000;

    /// <summary>libvpx speed, -16 (fastest) to -1; -8 takes 2.2 ms per 512×512 talking head on one core of the test machine. VP8 only.</summary>
    public int CpuUsed { get; init; } = -8;

    /// <summary>1, or 2 for a base layer at half the frame rate that a slow viewer can be given alone.</summary>
    public int TemporalLayers { get; init; } = 1;

    /// <summary>The largest key frame, in percent of an average frame's bits, 100 to 2000; a larger one blocks the link for longer.</summary>
    public int KeyFramePercent { get; init; } = 300;

    /// <summary>Throws <see cref="ArgumentException"/> naming the first setting out of range.</summary>
    internal void Validate()
    {
        Require(Width is >= 16 and <= 4096 && Width % 2 == 0, $"Width must be even and 16 to 4096, not {Width}.");
        Require(Height is >= 16 and <= 4096 && Height % 2 == 0, $"Height must be even and 16 to 4096, not {Height}.");
        Require(FrameRate is >= 1 and <= 120, $"FrameRate must be 1 to 120, not {FrameRate}.");
        Require(Bitrate >= MinBitrate, $"Bitrate must be at least {MinBitrate}, not {Bitrate}.");
        Require(CpuUsed is >= -16 and <= -1, $"CpuUsed must be -16 to -1, not {CpuUsed}.");
        Require(TemporalLayers is 1 or 2, $"TemporalLayers must be 1 or 2, not {TemporalLayers}.");
        Require(KeyFramePercent is >= 100 and <= 2000, $"KeyFramePercent must be 100 to 2000, not {KeyFramePercent}.");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message);
        }
    }
}
