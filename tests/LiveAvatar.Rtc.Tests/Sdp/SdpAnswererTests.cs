using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Video;
using LiveAvatar.Rtc.Sdp;

namespace LiveAvatar.Rtc.Tests.Sdp;

[Trait("Category", "unit")]
public sealed class SdpAnswererTests
{
    // offer, answered as driver?, audio pt, video pt, rtx pt, codec, receives audio, sends audio, sends video
    [Theory]
    [InlineData("chromium-driver", true, 111, 96, 97, VideoCodec.Vp8, true, false, true)]
    [InlineData("chromium-sendrecv-datachannel", true, 111, 96, 97, VideoCodec.Vp8, true, false, true)]
    [InlineData("chromium-viewer", false, 111, 96, 97, VideoCodec.Vp8, false, true, true)]
    [InlineData("aiortc-driver", true, 96, 97, 98, VideoCodec.Vp8, true, false, true)]
    [InlineData("aiortc-viewer", false, 96, 97, 98, VideoCodec.Vp8, false, true, true)]
    [InlineData("firefox-driver", true, 109, 120, 124, VideoCodec.Vp8, true, false, true)]
    [InlineData("firefox-viewer", false, 109, 120, 124, VideoCodec.Vp8, false, true, true)]
    [InlineData("obs-whip", true, 111, 96, 97, VideoCodec.H264, true, false, false)]
    [InlineData("gstreamer-driver", true, 97, 96, 0, VideoCodec.Vp8, true, false, true)]
    [InlineData("safari-h264-driver", true, 111, 98, 99, VideoCodec.H264, true, false, true)]
    public void RealOffer_IsAnswered(
        string name, bool driver, int audio, int video, int rtx, VideoCodec codec, bool receives, bool sendsAudio, bool sendsVideo)
    {
        var session = SdpVectors.Answer(name, driver ? SdpVectors.Driver : SdpVectors.Viewer);

        Assert.Equal((audio, video, rtx), (session.AudioPayloadType, session.VideoPayloadType, session.RtxPayloadType));
        Assert.Equal(codec, session.VideoCodec);
        Assert.Equal((receives, sendsAudio, sendsVideo), (session.ReceivesAudio, session.SendsAudio, session.SendsVideo));
        Assert.Equal(DtlsRole.Server, session.DtlsRole);
        Assert.Equal("sha-256", session.RemoteFingerprint.Algorithm);
    }

    [Fact]
    public void ChromiumDriver_AnswerReadsAsWritten()
    {
        var lines = SdpVectors.Answer("chromium-driver", SdpVectors.Driver).AnswerSdp.Split("\r\n");

        Assert.Equal(
            [
                "v=0",
                "o=- 42 1 IN IP4 127.0.0.1",
                "s=-",
                "t=0 0",
                "a=group:BUNDLE 0 1",
                "a=ice-lite",
                "a=msid-semantic: WMS liveavatar",
                "m=audio 8189 UDP/TLS/RTP/SAVPF 111",
                "c=IN IP4 192.0.2.1",
                "a=ice-ufrag:abcd1234",
                "a=ice-pwd:abcdefghijklmnopqrstuvwx",
                "a=candidate:1 1 udp 2130706431 192.0.2.1 8189 typ host",
                "a=candidate:2 1 udp 2130706175 2001:db8::1 8189 typ host",
                "a=end-of-candidates",
                "a=fingerprint:" + SdpVectors.Fingerprint,
                "a=setup:passive",
                "a=mid:0",
                "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
                "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
                "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
                "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
                "a=recvonly",
                "a=rtcp-mux",
                "a=rtcp-rsize",
                "a=rtpmap:111 opus/48000/2",
                "a=fmtp:111 minptime=10;useinbandfec=1",
                "a=ptime:10",
                "a=rtcp-fb:111 transport-cc",
                "m=video 8189 UDP/TLS/RTP/SAVPF 96 97",
            ],
            lines.Take(29));
        Assert.Equal(
            [
                "a=sendonly",
                "a=rtcp-mux",
                "a=rtcp-rsize",
                "a=rtpmap:96 VP8/90000",
                "a=rtcp-fb:96 goog-remb",
                "a=rtcp-fb:96 transport-cc",
                "a=rtcp-fb:96 ccm fir",
                "a=rtcp-fb:96 nack",
                "a=rtcp-fb:96 nack pli",
                "a=rtpmap:97 rtx/90000",
                "a=fmtp:97 apt=96",
                "a=msid:liveavatar video",
                "a=ssrc-group:FID 2002 3003",
                "a=ssrc:2002 cname:liveavatar",
                "a=ssrc:3003 cname:liveavatar",
                "",
            ],
            lines.SkipWhile(l => l != "a=sendonly"));
    }

    [Fact]
    public void Extensions_KeepTheOffersIds()
    {
        var chromium = SdpVectors.Answer("chromium-driver", SdpVectors.Driver);
        Assert.Equal(new HeaderExtensionIds(4, 2, 3, 0, 5), chromium.AudioExtensions);
        Assert.Equal(new HeaderExtensionIds(4, 2, 3, 12, 5), chromium.VideoExtensions);

        var off = SdpVectors.Answer("chromium-driver", SdpVectors.Driver with { PlayoutDelay = false });
        Assert.Equal(0, off.VideoExtensions.PlayoutDelay);
        Assert.DoesNotContain("playout-delay", off.AnswerSdp, StringComparison.Ordinal);
    }

    [Fact]
    public void FirefoxPlayoutDelay_IsAnsweredWithoutSuffix()
    {
        var session = SdpVectors.Answer("firefox-driver", SdpVectors.Driver);

        Assert.Equal(6, session.VideoExtensions.PlayoutDelay);
        Assert.Contains("a=extmap:6 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n", session.AnswerSdp, StringComparison.Ordinal);
    }

    [Fact]
    public void ExtensionOnlyTheOffererSends_IsAnsweredReceiveOnly()
    {
        var text = SdpVectors.Read("chromium-driver").Replace("extmap:5 ", "extmap:5/sendonly ", StringComparison.Ordinal);
        var session = SdpVectors.AnswerText(text, SdpVectors.Driver);

        Assert.Equal(5, session.AudioExtensions.AbsCaptureTime); // the microphone's
        Assert.Equal(0, session.VideoExtensions.AbsCaptureTime); // the server sends the video, the offerer could not read it
        Assert.Contains("a=extmap:5/recvonly ", session.AnswerSdp, StringComparison.Ordinal);
    }

    [Fact]
    public void DataChannel_IsRejected()
    {
        var answer = SdpVectors.Answer("chromium-sendrecv-datachannel", SdpVectors.Driver).AnswerSdp;

        Assert.Contains("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:2\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=group:BUNDLE 0 1\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void SendReceiveAudio_IsReturnedWhenTheServerHasAudio()
    {
        var session = SdpVectors.Answer("chromium-sendrecv-datachannel", SdpVectors.Driver with { SendAudio = true });

        Assert.True(session.SendsAudio && session.ReceivesAudio);
        Assert.Contains("a=ssrc:1001 cname:liveavatar\r\n", session.AnswerSdp, StringComparison.Ordinal);
    }

    [Fact]
    public void PreferredH264_TakesConstrainedBaselineInMode1()
    {
        var session = SdpVectors.Answer("chromium-driver", SdpVectors.Driver with { VideoCodecs = [VideoCodec.H264, VideoCodec.Vp8] });

        Assert.Equal((108, 109, VideoCodec.H264), (session.VideoPayloadType, session.RtxPayloadType, session.VideoCodec));
        Assert.Contains("a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n", session.AnswerSdp, StringComparison.Ordinal);
    }

    [Fact]
    public void H264WithoutProfile_IsTakenAsConstrainedBaseline() =>
        Assert.Equal(98, SdpVectors.Answer("gstreamer-driver", SdpVectors.Driver with { VideoCodecs = [VideoCodec.H264] }).VideoPayloadType);

    [Theory]
    [InlineData("packetization-mode=1;profile-level-id=42e01f", 0)]
    [InlineData("packetization-mode=1;profile-level-id=42c01e", 0)]
    [InlineData("packetization-mode=1;profile-level-id=4d801f", 0)]
    [InlineData("packetization-mode=1;profile-level-id=42001f", 1)]
    [InlineData("packetization-mode=1;profile-level-id=4d001f", 2)]
    [InlineData("packetization-mode=1;profile-level-id=640c1f", 3)]
    [InlineData("packetization-mode=1;profile-level-id=f4001f", null)]
    [InlineData("packetization-mode=1;profile-level-id=42e016", null)] // level 2.2: too few macroblocks a second
    [InlineData("packetization-mode=0;profile-level-id=42e01f", null)]
    [InlineData("profile-level-id=42e01f", null)]
    [InlineData("packetization-mode=1;profile-level-id=42e0", null)]
    [InlineData("packetization-mode=1;profile-level-id=-2e01f", null)]
    public void H264Profile_Ranks(string format, int? rank)
    {
        var text = SdpVectors.Read("safari-h264-driver").Replace(
            "a=fmtp:98 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", "a=fmtp:98 " + format, StringComparison.Ordinal);
        var codec = SdpVectors.Offer(text).Media[1].Codecs.Single(c => c.PayloadType == 98);

        Assert.Equal(rank, H264Format.Rank(codec));
    }

    [Theory]
    [InlineData("active", DtlsRole.Server, "passive")]
    [InlineData("passive", DtlsRole.Client, "active")]
    [InlineData("actpass", DtlsRole.Server, "passive")]
    public void Setup_IsAnsweredByItsOpposite(string offered, DtlsRole role, string answered)
    {
        var text = SdpVectors.Read("chromium-driver").Replace("setup:actpass", "setup:" + offered, StringComparison.Ordinal);
        var session = SdpVectors.AnswerText(text, SdpVectors.Driver);

        Assert.Equal(role, session.DtlsRole);
        Assert.Contains($"a=setup:{answered}\r\n", session.AnswerSdp, StringComparison.Ordinal);
    }

    [Fact]
    public void SectionsWithOwnCredentials_UseTheTaggedOne()
    {
        var session = SdpVectors.Answer("aiortc-driver", SdpVectors.Driver);

        Assert.Equal("LfZW", session.RemoteUfrag);
    }

    [Fact]
    public void NewIce_ChangesOnlyCredentials()
    {
        var before = SdpVectors.Answer("chromium-driver", SdpVectors.Driver);
        var after = before.WithNewIce("wxyz9876", "zyxwvutsrqponmlkjihgfedc", "rem1", "remotepasswordremotepass");

        Assert.Equal(("wxyz9876", "rem1", "remotepasswordremotepass"), (after.LocalUfrag, after.RemoteUfrag, after.RemotePwd));
        Assert.Equal(
            before.AnswerSdp.Replace("abcd1234", "wxyz9876", StringComparison.Ordinal)
                .Replace("abcdefghijklmnopqrstuvwx", "zyxwvutsrqponmlkjihgfedc", StringComparison.Ordinal)
                .Replace("o=- 42 1 ", "o=- 42 2 ", StringComparison.Ordinal),
            after.AnswerSdp);
        Assert.Equal(
            "a=ice-lite\r\na=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:wxyz9876\r\n"
            + "a=ice-pwd:zyxwvutsrqponmlkjihgfedc\r\na=candidate:1 1 udp 2130706431 192.0.2.1 8189 typ host\r\n"
            + "a=candidate:2 1 udp 2130706175 2001:db8::1 8189 typ host\r\na=end-of-candidates\r\n",
            after.IceFragment);
    }

    [Fact]
    public void Fingerprint_MatchesItsCertificateOnly()
    {
        byte[] certificate = [1, 2, 3];
        var hash = System.Security.Cryptography.SHA256.HashData(certificate);
        var text = "SHA-256 " + string.Join(':', hash.Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));

        Assert.True(CertificateFingerprint.TryParse(text, out var fingerprint));
        Assert.True(fingerprint!.Matches(certificate));
        Assert.False(fingerprint.Matches([1, 2, 4]));
        Assert.False(CertificateFingerprint.TryParse(text.AsSpan(..^3), out _));
        Assert.False(CertificateFingerprint.TryParse("md5 00:11", out _));
    }
}
