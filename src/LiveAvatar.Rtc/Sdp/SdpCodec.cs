namespace LiveAvatar.Rtc.Sdp;

/// <summary>One payload type of a media section: its a=rtpmap, a=fmtp and a=rtcp-fb lines together.</summary>
public sealed class SdpCodec
{
    /// <summary>The RTP payload type, 0 to 127.</summary>
    public required int PayloadType { get; init; }

    /// <summary>The encoding name as sent, for example "opus" or "VP8"; compare without case.</summary>
    public required string Name { get; init; }

    /// <summary>The RTP clock rate in hertz.</summary>
    public required int ClockRate { get; init; }

    /// <summary>The channel count of audio; 1 when not given.</summary>
    public required int Channels { get; init; }

    /// <summary>The a=fmtp parameters, names in lower case.</summary>
    public required IReadOnlyDictionary<string, string> Format { get; init; }

    /// <summary>The a=rtcp-fb values, those given for every payload type (*) included.</summary>
    public required IReadOnlyList<string> Feedback { get; init; }

    /// <summary>True when the codec has this name (any case) and clock rate.</summary>
    public bool Is(string name, int clockRate) =>
        ClockRate == clockRate && Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
