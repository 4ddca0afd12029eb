using LiveAvatar.Media.Video;

namespace LiveAvatar.Codecs.Tests;

/// <summary>Decoders take bytes from anyone.</summary>
public sealed class VideoDecoderTests
{
    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public void RandomBytes_NeverThrow(VideoCodec codec)
    {
        using var decoder = VideoEncoderTests.NewDecoder(codec);
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var bytes = new byte[random.Next(0, 400)];
            random.NextBytes(bytes);
            decoder.TryDecode(bytes);
        }
    }

    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public void DamagedFrames_NeverThrow(VideoCodec codec)
    {
        var film = new MovingPicture(128, 96);
        var options = new VideoEncoderOptions { Width = 128, Height = 96, Bitrate = 200_000 };
        using IVideoEncoder encoder = codec == VideoCodec.Vp8 ? new Vp8Encoder(options) : new H264Encoder(options);
        using var decoder = VideoEncoderTests.NewDecoder(codec);
        var random = new Random(11);
        var picture = film.NewBuffer();
        for (var index = 0; index < 200; index++)
        {
            film.Draw(index, picture);
            var frame = encoder.Encode(picture, TimeSpan.FromMilliseconds(40 * index), index % 10 == 0).Data.ToArray();
            frame[random.Next(frame.Length)] ^= (byte)(1 << random.Next(8));
            decoder.TryDecode(frame.AsSpan(0, random.Next(frame.Length) + 1));
        }
    }

    [Fact]
    public void HugeVp8KeyFrame_IsRefused()
    {
        using var decoder = new Vp8Decoder();
        byte[] claims16383 = [0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0xFF, 0x3F, 0xFF, 0x3F, 0, 0, 0, 0];
        Assert.False(decoder.TryDecode(claims16383));
        Assert.Equal(0, decoder.Width);
        Assert.Throws<InvalidOperationException>(() => decoder.CopyTo(new byte[16]));
    }
}
