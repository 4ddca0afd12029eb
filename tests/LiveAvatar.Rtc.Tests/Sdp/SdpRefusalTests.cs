using LiveAvatar.Media.Video;
using LiveAvatar.Rtc.Sdp;

namespace LiveAvatar.Rtc.Tests.Sdp;

/// <summary>Each refusal names what the client has to change.</summary>
[Trait("Category", "unit")]
public sealed class SdpRefusalTests
{
    [Theory]
    [InlineData("", "", SdpErrorKind.Malformed, "empty")]
    [InlineData("", "{\"sdp\":\"v=0\"}", SdpErrorKind.Malformed, "not JSON")]
    [InlineData("", "v=1\r\n", SdpErrorKind.Malformed, "v=0")]
    [InlineData("", "v=0\r\ns=-\r\n", SdpErrorKind.Malformed, "createOffer")]
    [InlineData("m=audio 9 UDP", "m=audio nine UDP", SdpErrorKind.Malformed, "m= line")]
    [InlineData("a=mid:1", "a=mid:0", SdpErrorKind.Malformed, "a=mid")]
    [InlineData("a=extmap-allow-mixed", "a=ice-lite", SdpErrorKind.NoIce, "ice-lite")]
    [InlineData("a=ice-ufrag:65p/", "a=ice-ufrag:65p", SdpErrorKind.NoIce, "ice-ufrag")]
    [InlineData("a=fingerprint:sha-256", "a=fingerprint:sha-1", SdpErrorKind.NoFingerprint, "sha-256")]
    [InlineData("opus/48000/2", "opus/48000/1", SdpErrorKind.NoCommonCodec, "opus/48000/2")]
    [InlineData("a=sendonly", "a=recvonly", SdpErrorKind.NoAudio, "microphone")]
    [InlineData("a=group:BUNDLE 0 1", "a=group:BUNDLE 0", SdpErrorKind.NotBundled, "max-bundle")]
    [InlineData("a=rtcp-mux", "a=rtcp-max", SdpErrorKind.NoRtcpMux, "rtcpMuxPolicy")]
    [InlineData("/90000", "/90001", SdpErrorKind.NoCommonCodec, "VP8/90000 or H264/90000")]
    public void BrokenDriverOffer_IsRefused(string part, string replacement, SdpErrorKind kind, string says)
    {
        var original = SdpVectors.Read("chromium-driver");
        var text = part.Length == 0 ? replacement : original.Replace(part, replacement, StringComparison.Ordinal);
        Assert.NotEqual(original, text);

        var error = SdpVectors.Refusal(text, SdpVectors.Driver);

        Assert.Equal(kind, error.Kind);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ViewerOfH264Session_IsToldWhatItSends()
    {
        var text = SdpVectors.Read("chromium-viewer").Replace("H264/", "H265/", StringComparison.Ordinal);
        var error = SdpVectors.Refusal(text, SdpVectors.Viewer with { VideoCodecs = [VideoCodec.H264], SendAudio = false });

        Assert.Equal(SdpErrorKind.NoCommonCodec, error.Kind);
        Assert.Contains("which this session sends", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ViewerThatTakesNothing_IsRefused() =>
        Assert.Equal(SdpErrorKind.NoVideo, SdpVectors.Refusal(SdpVectors.Read("obs-whip"), SdpVectors.Viewer).Kind);

    [Fact]
    public void DataChannelAlone_IsRefused() =>
        Assert.Equal(SdpErrorKind.NoAudio, SdpVectors.Refusal(SdpVectors.Read("chromium-datachannel-only"), SdpVectors.Driver).Kind);

    [Fact]
    public void LongOffer_IsTooLarge() =>
        Assert.Equal(SdpErrorKind.TooLarge, SdpVectors.Refusal("v=0\r\n" + new string('a', SessionOffer.MaxLength), SdpVectors.Driver).Kind);

    [Fact]
    public void ManySections_AreTooLarge() =>
        Assert.Equal(SdpErrorKind.TooLarge, SdpVectors.Refusal("v=0\n" + string.Concat(Enumerable.Repeat("m=audio 9 RTP/SAVPF 0\n", 40)), SdpVectors.Driver).Kind);

    [Fact]
    public void ManyCodecLines_AreTooLarge() =>
        Assert.Equal(SdpErrorKind.TooLarge, SdpVectors.Refusal("v=0\nm=audio 9 RTP/SAVPF 0\n" + string.Concat(Enumerable.Repeat("a=rtcp-fb:* nack\n", 3000)), SdpVectors.Driver).Kind);
}
