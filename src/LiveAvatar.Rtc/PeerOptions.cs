using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Video;
using LiveAvatar.Rtc.Sdp;

namespace LiveAvatar.Rtc;

/// <summary>What the server wants of one peer.</summary>
public sealed record PeerOptions
{
    /// <summary>Take the peer's audio: the driver.</summary>
    public bool ReceiveAudio { get; init; }

    /// <summary>Send audio: to viewers, and to drivers that ask for it.</summary>
    public bool SendAudio { get; init; }

    /// <summary>Send video.</summary>
    public bool SendVideo { get; init; } = true;

    /// <summary>The video codecs that may be sent, best first.</summary>
    public IReadOnlyList<VideoCodec> VideoCodecs { get; init; } = [VideoCodec.Vp8, VideoCodec.H264];

    /// <summary>The encoder makes temporal layers, which the VP8 payload descriptor shall tell.</summary>
    public bool TemporalLayers { get; init; }

    /// <summary>The encoder's rate at the start, which the pacer goes by; bits per second.</summary>
    public int VideoBitrate { get; init; } = 800_000;

    /// <summary>The playout delay asked for at the start; 0 to 0 shows each frame at once.</summary>
    public PlayoutDelay PlayoutDelay { get; init; }

    /// <summary>The DTLS role taken when the offer leaves the choice.</summary>
    public DtlsRole PreferredDtlsRole { get; init; } = DtlsRole.Server;

    /// <summary>The CNAME and media stream id that audio and video share.</summary>
    public string CName { get; init; } = "liveavatar";
}
