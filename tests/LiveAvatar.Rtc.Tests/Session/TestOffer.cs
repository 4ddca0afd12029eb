namespace LiveAvatar.Rtc.Tests.Session;

/// <summary>A browser-like offer: Opus both ways, VP8 or H.264 with RTX to receive, the extensions that matter.</summary>
internal sealed record TestOffer
{
    public const int OpusType = 111;
    public const int VideoType = 96;
    public const int RtxType = 97;

    public string Ufrag { get; init; } = "peer";

    public string Password { get; init; } = "peerpeerpeerpeerpeerpeer";

    public required string Fingerprint { get; init; }

    public string Setup { get; init; } = "actpass";

    public bool Rtx { get; init; } = true;

    public bool Video { get; init; } = true;

    public string AudioDirection { get; init; } = "sendrecv";

    public override string ToString()
    {
        var lines = new List<string>
        {
            "v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0", Video ? "a=group:BUNDLE 0 1" : "a=group:BUNDLE 0",
            "a=msid-semantic: WMS",
            $"m=audio 9 UDP/TLS/RTP/SAVPF {OpusType}", "c=IN IP4 0.0.0.0", "a=mid:0", $"a={AudioDirection}", "a=rtcp-mux",
            $"a=rtpmap:{OpusType} opus/48000/2", $"a=fmtp:{OpusType} minptime=10;useinbandfec=1", $"a=rtcp-fb:{OpusType} transport-cc",
            "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
            "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
            "a=extmap:7 http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
            "a=ssrc:1001 cname:peer",
        };
        lines.InsertRange(8, Transport);
        if (Video)
        {
            lines.AddRange(
            [
                Rtx ? $"m=video 9 UDP/TLS/RTP/SAVPF {VideoType} {RtxType}" : $"m=video 9 UDP/TLS/RTP/SAVPF {VideoType}",
                "c=IN IP4 0.0.0.0", "a=mid:1", "a=recvonly", "a=rtcp-mux",
                $"a=rtpmap:{VideoType} VP8/90000", $"a=rtcp-fb:{VideoType} transport-cc", $"a=rtcp-fb:{VideoType} ccm fir",
                $"a=rtcp-fb:{VideoType} nack", $"a=rtcp-fb:{VideoType} nack pli", $"a=rtcp-fb:{VideoType} goog-remb",
                "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
                "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
                "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
                "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
                "a=extmap:7 http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
            ]);
            lines.AddRange(Transport);
            if (Rtx)
            {
                lines.AddRange([$"a=rtpmap:{RtxType} rtx/90000", $"a=fmtp:{RtxType} apt={VideoType}"]);
            }
        }

        return string.Join("\r\n", lines) + "\r\n";
    }

    private string[] Transport =>
        [$"a=ice-ufrag:{Ufrag}", $"a=ice-pwd:{Password}", $"a=fingerprint:{Fingerprint}", $"a=setup:{Setup}"];
}
