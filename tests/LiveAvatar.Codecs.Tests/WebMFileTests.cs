using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LiveAvatar.Media.WebM;

namespace LiveAvatar.Codecs.Tests;

/// <summary>A file of real VP8 and Opus, read back by an independent player.</summary>
public sealed class WebMFileTests : IDisposable
{
    private const int Size = 256;
    private const int Frames = 150;
    private static readonly MovingPicture Film = new(Size, Size);

    private readonly TempFolder _folder = new();

    [Fact]
    public void CompleteFile_IsDescribedByFfprobe()
    {
        WriteFile(complete: true);

        using var described = JsonDocument.Parse(Tool("ffprobe", "-v error -show_format -show_streams -count_packets -of json", out var errors));

        Assert.Empty(errors);
        var format = described.RootElement.GetProperty("format");
        Assert.Contains("webm", format.GetProperty("format_name").GetString(), StringComparison.Ordinal);
        Assert.Equal(6.0, Number(format, "duration"), 3);
        var streams = described.RootElement.GetProperty("streams").EnumerateArray().ToArray();
        Assert.Equal(["vp8", "opus"], streams.Select(stream => stream.GetProperty("codec_name").GetString()!));
        Assert.Equal((Size, Size), (streams[0].GetProperty("width").GetInt32(), streams[0].GetProperty("height").GetInt32()));
        Assert.Equal("25/1", streams[0].GetProperty("r_frame_rate").GetString());
        Assert.Equal("smpte170m", streams[0].GetProperty("color_space").GetString());
        Assert.Equal([(double)Frames, 300], streams.Select(stream => Number(stream, "nb_read_packets")));
    }

    [Fact]
    public void Picture_ComesBackThroughFfmpeg()
    {
        WriteFile(complete: true);

        Tool("ffmpeg", $"-v error -xerror -nostdin -f rawvideo -pix_fmt yuv420p -y {_folder["picture.yuv"]}", out var errors, input: "-i");

        Assert.Empty(errors);
        var decoded = File.ReadAllBytes(_folder["picture.yuv"]);
        Assert.Equal(Frames * Film.Layout.Length, decoded.Length);
        var picture = Film.NewBuffer();
        foreach (var index in new[] { 25, 70, 149 })
        {
            Film.Draw(index, picture);
            Assert.True(PictureQuality.Psnr(picture, decoded.AsSpan(index * Film.Layout.Length, Film.Layout.Length)) > 34);
        }
    }

    // Clicks at whole seconds of the sound given to the encoder must be heard at whole seconds: the pre-skip is taken off.
    [Fact]
    public void Sound_ComesBackAtItsTime()
    {
        WriteFile(complete: true);

        Tool("ffmpeg", $"-v error -xerror -nostdin -vn -ac 1 -ar 48000 -c:a pcm_f32le -y {_folder["sound.wav"]}", out var errors, input: "-i");

        Assert.Empty(errors);
        var sound = SoundFile.Read(_folder["sound.wav"]).Samples;
        for (var second = 1; second < 6; second++)
        {
            var around = sound.AsSpan((second * 48_000) - 4800, 9600);
            var peak = 0;
            for (var index = 0; index < around.Length; index++)
            {
                peak = Math.Abs(around[index]) > Math.Abs(around[peak]) ? index : peak;
            }

            Assert.InRange(peak - 4800, -48, 144);
        }
    }

    [Fact]
    public void KilledFile_StillPlays()
    {
        WriteFile(complete: false);

        using var described = JsonDocument.Parse(Tool("ffprobe", "-v error -show_streams -count_frames -of json", out var errors));

        Assert.Empty(errors);
        var frames = described.RootElement.GetProperty("streams").EnumerateArray().Select(stream => Number(stream, "nb_read_frames")).ToArray();
        Assert.InRange(frames[0], 100, Frames);
        Assert.InRange(frames[1], 200, 300);
    }

    public void Dispose() => _folder.Dispose();

    private static double Number(JsonElement element, string name) =>
        double.Parse(element.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private void WriteFile(bool complete)
    {
        using var file = File.Create(_folder["film.webm"]);
        using var video = new Vp8Encoder(new VideoEncoderOptions { Width = Size, Height = Size, Bitrate = 400_000 });
        using var audio = new OpusEncoder(new OpusEncoderOptions { Application = OpusApplication.LowDelay, Bitrate = 64_000 });
        using var webm = new WebMWriter(file, new WebMOptions { Width = Size, Height = Size, OpusPreSkip = audio.PreSkip });
        var (picture, block, packet) = (Film.NewBuffer(), new float[960], new byte[OpusEncoder.MaxPacketLength]);
        for (var frame = 0; frame < Frames; frame++)
        {
            for (var half = 0; half < 2; half++)
            {
                var start = ((2 * frame) + half) * 960;
                Array.Clear(block);
                if (start % 48_000 == 0)
                {
                    // One period of 500 Hz, its peak 0.5 ms after the second.
                    for (var index = 0; index < 96; index++)
                    {
                        block[index] = 0.8f * MathF.Sin(2 * MathF.PI * index / 96);
                    }
                }

                var length = audio.Encode(block, packet);
                webm.WriteAudio(packet.AsSpan(0, length), TimeSpan.FromSeconds(start / 48_000.0));
            }

            Film.Draw(frame, picture);
            var time = TimeSpan.FromMilliseconds(40 * frame);
            var encoded = video.Encode(picture, time, forceKeyFrame: frame % 50 == 0);
            webm.WriteVideo(encoded.Data, time, encoded.IsKeyFrame);
        }

        if (complete)
        {
            webm.Complete(TimeSpan.FromSeconds(Frames / 25.0));
        }
    }

    private string Tool(string name, string arguments, out string errors, string input = "")
    {
        var file = _folder["film.webm"];
        var start = new ProcessStartInfo(name, input.Length > 0 ? $"{input} {file} {arguments}" : $"{arguments} {file}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var reading = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            errors = reading.GetAwaiter().GetResult();
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{name} is not installed (Debian package ffmpeg); WebMWriterTests parse the file's structure without it.");
            throw;
        }
    }
}
