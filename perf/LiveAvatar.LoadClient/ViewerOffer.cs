namespace LiveAvatar.LoadClient;

/// <summary>What a viewer offers: VP8 with RTX and Opus to receive, with the feedback a browser gives.</summary>
internal static class ViewerOffer
{
    public const int OpusType = 111;
    public const int VideoType = 96;
    public const int RtxType = 97;
    public const int TransportSequenceId = 3;

    /// <summary>The offer as SDP.</summary>
    public static string Write(string ufrag, string password, string fingerprint)
    {
        string[] transport =
        [
            $"a=ice-ufrag:{ufrag}", $"a=ice-pwd:{password}", $"a=fingerprint:{fingerprint}", "a=setup:actpass", "a=rtcp-mux", "a=recvonly",
            $"a=extmap:{TransportSequenceId} http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
        ];
        string[] lines =
        [
            "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1",
            $"m=audio 9 UDP/TLS/RTP/SAVPF {OpusType}", "c=IN IP4 0.0.0.0", "a=mid:0", $"a=rtpmap:{OpusType} opus/48000/2",
            $"a=rtcp-fb:{OpusType} transport-cc", .. transport,
            $"m=video 9 UDP/TLS/RTP/SAVPF {VideoType} {RtxType}", "c=IN IP4 0.0.0.0", "a=mid:1", $"a=rtpmap:{VideoType} VP8/90000",
            $"a=rtcp-fb:{VideoType} transport-cc", $"a=rtcp-fb:{VideoType} nack", $"a=rtcp-fb:{VideoType} nack pli",
            $"a=rtpmap:{RtxType} rtx/90000", $"a=fmtp:{RtxType} apt={VideoType}", "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
            .. transport,
        ];
        return string.Join("\r\n", lines) + "\r\n";
    }
}
