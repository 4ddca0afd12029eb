using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Video;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>What an offer and its answer agreed on, and the answer's text.</summary>
/// <remarks>Immutable. <see cref="WithNewIce"/> gives the session after an ICE restart.</remarks>
public sealed class NegotiatedSession
{
    private readonly AnswerDescription _description;

    internal NegotiatedSession(AnswerDescription description, string remoteUfrag, string remotePwd, CertificateFingerprint remoteFingerprint)
    {
        _description = description;
        RemoteUfrag = remoteUfrag;
        RemotePwd = remotePwd;
        RemoteFingerprint = remoteFingerprint;
        AnswerSdp = AnswerWriter.WriteSdp(description);
        IceFragment = AnswerWriter.WriteFragment(description);
        Audio = description.Sections.FirstOrDefault(s => s.IsAccepted && s.Offer.Kind == MediaKind.Audio);
        Video = description.Sections.FirstOrDefault(s => s.IsAccepted && s.Offer.Kind == MediaKind.Video);
    }

    /// <summary>The answer, CRLF line ends.</summary>
    public string AnswerSdp { get; }

    /// <summary>The same ICE parameters as application/trickle-ice-sdpfrag: the answer to an ICE restart (RFC 9725 section 4.3.3).</summary>
    public string IceFragment { get; }

    /// <summary>The server's ICE user name fragment.</summary>
    public string LocalUfrag => _description.Options.LocalUfrag;

    /// <summary>The server's ICE password.</summary>
    public string LocalPwd => _description.Options.LocalPwd;

    /// <summary>The peer's ICE user name fragment.</summary>
    public string RemoteUfrag { get; }

    /// <summary>The peer's ICE password.</summary>
    public string RemotePwd { get; }

    /// <summary>The certificate the peer must present.</summary>
    public CertificateFingerprint RemoteFingerprint { get; }

    /// <summary>The server's side of the DTLS handshake.</summary>
    public DtlsRole DtlsRole => _description.DtlsRole;

    /// <summary>The mid of the audio section; empty when audio was not accepted or has none.</summary>
    public string AudioMid => Audio?.Offer.Mid ?? "";

    /// <summary>The mid of the video section; empty when video was not accepted or has none.</summary>
    public string VideoMid => Video?.Offer.Mid ?? "";

    /// <summary>Opus' payload type; 0 when audio was not accepted.</summary>
    public int AudioPayloadType => Audio?.Codec?.PayloadType ?? 0;

    /// <summary>The video codec's payload type; 0 when video was not accepted.</summary>
    public int VideoPayloadType => Video?.Codec?.PayloadType ?? 0;

    /// <summary>The payload type of resent video (RFC 4588); 0 when RTX was not agreed and lost packets are sent again as they were.</summary>
    public int RtxPayloadType => Video?.Rtx?.PayloadType ?? 0;

    /// <summary>The video codec; meaningful when <see cref="VideoPayloadType"/> is not 0.</summary>
    public VideoCodec VideoCodec => Video?.VideoCodec ?? VideoCodec.Vp8;

    /// <summary>The header extensions of the audio section.</summary>
    public HeaderExtensionIds AudioExtensions => Audio?.Extensions.Ids ?? default;

    /// <summary>The header extensions of the video section.</summary>
    public HeaderExtensionIds VideoExtensions => Video?.Extensions.Ids ?? default;

    /// <summary>The server takes the peer's audio.</summary>
    public bool ReceivesAudio => Audio?.Direction.HasFlag(MediaDirection.ReceiveOnly) ?? false;

    /// <summary>The server sends audio.</summary>
    public bool SendsAudio => Audio?.Direction.HasFlag(MediaDirection.SendOnly) ?? false;

    /// <summary>The server sends video.</summary>
    public bool SendsVideo => Video?.Direction.HasFlag(MediaDirection.SendOnly) ?? false;

    /// <summary>The SSRCs the peer announced for its audio; may be empty, then the payload type tells.</summary>
    public IReadOnlyList<uint> RemoteAudioSsrcs => Audio?.Offer.Ssrcs ?? [];

    /// <summary>The peer asks for lost video packets (generic NACK, RFC 4585).</summary>
    public bool Nack => HasVideoFeedback("nack");

    /// <summary>The peer asks for a key frame by PLI (RFC 4585).</summary>
    public bool Pli => HasVideoFeedback("nack pli");

    /// <summary>The peer asks for a key frame by FIR (RFC 5104).</summary>
    public bool Fir => HasVideoFeedback("ccm fir");

    /// <summary>The peer reports its bandwidth estimate (REMB).</summary>
    public bool Remb => HasVideoFeedback("goog-remb");

    /// <summary>The peer reports arrival times of what the server sends.</summary>
    public bool TransportCc => HasVideoFeedback("transport-cc") || (Audio?.Feedback.Contains("transport-cc") ?? false);

    internal AnswerSection? Audio { get; }

    internal AnswerSection? Video { get; }

    /// <summary>The same session with new ICE credentials on both sides; the o= version goes up, media is untouched.</summary>
    public NegotiatedSession WithNewIce(string localUfrag, string localPwd, string remoteUfrag, string remotePwd)
    {
        var description = _description with
        {
            Version = _description.Version + 1,
            Options = _description.Options with { LocalUfrag = localUfrag, LocalPwd = localPwd },
        };
        return new NegotiatedSession(description, remoteUfrag, remotePwd, RemoteFingerprint);
    }

    private bool HasVideoFeedback(string value) => Video?.Feedback.Contains(value) ?? false;
}
