namespace LiveAvatar.LoadClient;

/// <summary>What a load client offers: Opus one way or the other, and VP8 with RTX to receive, with the feedback a browser gives.</summary>
internal static class LoadOffer
{
    public const int OpusType = 111;
    public const int VideoType = 96;
    public const int RtxType = 97;
    public const int TransportSequenceId = 3;
    public const int CaptureTimeId = 6;

    /// <summary>The offer as SDP.</summary>
    /// <param name="ufrag">ICE user name fragment.</param>
    /// <param name="password">ICE password.</param>
    /// <param name="fingerprint">Of the DTLS certificate.</param>
    /// <param name="speaks">It sends a voice (a driver); otherwise it receives one (a viewer).</param>
    public static string Write(string ufrag, string password, string fingerprint, bool speaks)
    {
        string[] transport =
        [
            $"a=ice-ufrag:{ufrag}", $"a=ice-pwd:{password}", $"a=fingerprint:{fingerprint}", "a=setup:actpass", "a=rtcp-mux",
            $"a=extmap:{TransportSequenceId} http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
            $"a=extmap:{CaptureTimeId} http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
        ];
        string[] lines =
        [
            "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1",
            $"m=audio 9 UDP/TLS/RTP/SAVPF {OpusType}", "c=IN IP4 0.0.0.0", "a=mid:0", $"a=rtpmap:{OpusType} opus/48000/2",
            $"a=rtcp-fb:{OpusType} transport-cc", speaks ? "a=sendonly" : "a=recvonly", .. transport,
            $"m=video 9 UDP/TLS/RTP/SAVPF {VideoType} {RtxType}", "c=IN IP4 0.0.0.0", "a=mid:1", $"a=rtpmap:{VideoType} VP8/90000",
            $"a=rtcp-fb:{VideoType} transport-cc", $"a=rtcp-fb:{VideoType} nack", $"a=rtcp-fb:{VideoType} nack pli",
            $"a=rtpmap:{RtxType} rtx/90000", $"a=fmtp:{RtxType} apt={VideoType}", "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
            "a=recvonly", .. transport,
        ];
        return string.Join("\r\n", lines) + "\r\n";
    }
}
