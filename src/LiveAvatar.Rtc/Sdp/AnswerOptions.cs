using System.Net;
using LiveAvatar.Media.Video;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>What the server brings to an answer.</summary>
public sealed record AnswerOptions
{
    /// <summary>The server's ICE user name fragment, 4 to 256 ICE characters.</summary>
    public required string LocalUfrag { get; init; }

    /// <summary>The server's ICE password, 22 to 256 ICE characters.</summary>
    public required string LocalPwd { get; init; }

    /// <summary>The server certificate's fingerprint with its hash, as in "sha-256 AB:CD:…".</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The numeric session id of the o= line.</summary>
    public required ulong SessionId { get; init; }

    /// <summary>The DTLS role taken when the offer leaves the choice.</summary>
    public DtlsRole PreferredDtlsRole { get; init; } = DtlsRole.Server;

    /// <summary>The host candidates, best first.</summary>
    public IReadOnlyList<IPEndPoint> Candidates { get; init; } = [];

    /// <summary>The SSRC of audio that is sent.</summary>
    public uint AudioSsrc { get; init; }

    /// <summary>The SSRC of video that is sent.</summary>
    public uint VideoSsrc { get; init; }

    /// <summary>The SSRC of resent video (RFC 4588).</summary>
    public uint RtxSsrc { get; init; }

    /// <summary>The CNAME shared by both streams, so that a client plays them in step.</summary>
    public string CName { get; init; } = "liveavatar";

    /// <summary>The id of the one media stream that both tracks belong to.</summary>
    public string MediaStreamId { get; init; } = "liveavatar";

    /// <summary>The video codecs that may be sent, best first. A viewer's session has one: the session's encoder makes one.</summary>
    public IReadOnlyList<VideoCodec> VideoCodecs { get; init; } = [VideoCodec.Vp8, VideoCodec.H264];

    /// <summary>The server wants the peer's audio: the driver. Then a section that brings audio is required.</summary>
    public bool ReceiveAudio { get; init; }

    /// <summary>The server has audio to send: viewers, and drivers that ask for it.</summary>
    public bool SendAudio { get; init; }

    /// <summary>The server has video to send.</summary>
    public bool SendVideo { get; init; } = true;

    /// <summary>Use the playout-delay extension where the peer offers it.</summary>
    public bool PlayoutDelay { get; init; } = true;
}
