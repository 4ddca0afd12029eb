namespace LiveAvatar.Pipeline.Voice;

/// <summary>One of the driver's Opus packets on its way to the viewers (queue C).</summary>
internal sealed class VoicePacket
{
    // The largest Opus packet of one frame is 1275 bytes (RFC 6716 section 3.2.1); longer ones do not fit a datagram.
    public const int MaxLength = 1275;

    public byte[] Payload { get; } = new byte[MaxLength];

    public int Length { get; set; }

    /// <summary>Media time of the first sample.</summary>
    public TimeSpan MediaTime { get; set; }

    /// <summary>When it shall leave, in step with the picture of the same moment.</summary>
    public TimeSpan Due { get; set; }

    /// <summary>When the driver's machine captured the first sample.</summary>
    public CaptureTime Captured { get; set; }

    /// <summary>True for the first packet after a pause (RTP marker, RFC 7587 section 4.1).</summary>
    public bool StartsTalkSpurt { get; set; }
}
