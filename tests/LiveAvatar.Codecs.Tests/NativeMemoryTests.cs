using System.Diagnostics;

namespace LiveAvatar.Codecs.Tests;

/// <summary>A server opens and closes codecs all day.</summary>
[Collection(nameof(WholeProcess))]
public sealed class NativeMemoryTests
{
    private const int Rounds = 150;

    // One 256×256 encoder holds several MB; if each round lost one, growth would be hundreds of MB.
    [Fact]
    public void OpenedAndClosedCodecs_LeaveNothingBehind()
    {
        var film = new MovingPicture(256, 256);
        var picture = film.NewBuffer();
        film.Draw(0, picture);
        Run(20);
        var before = Resident();

        Run(Rounds);

        var growth = (Resident() - before) / 1048576.0;
        TestContext.Current.TestOutputHelper?.WriteLine($"{growth:F1} MiB more after {Rounds} rounds");
        Assert.True(growth < 40, $"{growth:F1} MiB more after {Rounds} rounds");

        void Run(int rounds)
        {
            var pcm = new float[5760];
            for (var round = 0; round < rounds; round++)
            {
                var options = new VideoEncoderOptions { Width = 256, Height = 256, Bitrate = 300_000 };
                using var vp8 = new Vp8Encoder(options);
                using var h264 = new H264Encoder(options);
                using var vp8Decoder = new Vp8Decoder();
                using var h264Decoder = new H264Decoder();
                using var opus = new OpusEncoder(new OpusEncoderOptions());
                using var opusDecoder = new OpusDecoder();
                Assert.True(vp8Decoder.TryDecode(vp8.Encode(picture, TimeSpan.Zero, false).Data));
                Assert.True(h264Decoder.TryDecode(h264.Encode(picture, TimeSpan.Zero, false).Data));
                opusDecoder.DecodeLost(pcm, 960);
            }
        }
    }

    [Fact]
    public void LoadedPictures_LeaveNothingBehind()
    {
        var file = ImageFile.EncodePng(new RgbImage(1000, 1000, new byte[3_000_000]));
        Run(5);
        var before = Resident();

        Run(60);

        var growth = (Resident() - before) / 1048576.0;
        Assert.True(growth < 60, $"{growth:F1} MiB more after loading 180 MB of pixels");

        void Run(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                Assert.Equal(128, ImageFile.Decode(file, new ImageFileOptions { Width = 128, Height = 128 }).Width);
            }
        }
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
