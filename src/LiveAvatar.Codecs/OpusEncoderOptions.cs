namespace LiveAvatar.Codecs;

/// <summary>How one audio stream is encoded.</summary>
public sealed record OpusEncoderOptions
{
    /// <summary>Input rate in Hz: 8000, 12000, 16000, 24000 or 48000.</summary>
    public int SampleRate { get; init; } = 48_000;

    /// <summary>1 or 2, interleaved.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Bits per second, 6000 to 510000 (RFC 6716 section 2.1.1).</summary>
    public int Bitrate { get; init; } = 32_000;

    /// <summary>0 (fastest) to 10.</summary>
    public int Complexity { get; init; } = 5;

    /// <summary>What to optimise for.</summary>
    public OpusApplication Application { get; init; } = OpusApplication.Voip;

    /// <summary>Carry a coarse copy of each packet in the next one. Needs <see cref="OpusApplication.Voip"/> and a non-zero <see cref="PacketLossPercent"/>.</summary>
    public bool InbandFec { get; init; }

    /// <summary>Expected loss, 0 to 100; more loss gives the FEC copy more of the bits.</summary>
    public int PacketLossPercent { get; init; }
}
