using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using LiveAvatar.Media.Audio;
using LiveAvatar.Pipeline.Offline;

namespace LiveAvatar.Pipeline.Tests.Offline;

public sealed class OfflineRendererTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("liveavatar-render-").FullName;
    private readonly InferenceEngine _engine = TinyEngine.Create();

    [Fact]
    public void Voice_BecomesAFileOfItsLength()
    {
        var voice = Path.Combine(TinyEngine.RepositoryRoot(), "tests", "vectors", "voices", "human.wav");
        var progress = new Progressed();
        var result = Render(voice, progress);
        Assert.Equal(25 * result.Duration.TotalSeconds, result.Frames, 0.5);
        Assert.Equal(result.Frames, progress.Last.Done);
        Assert.Equal(new FileInfo(Output).Length, result.Bytes);
        Assert.Equal([0x1A, 0x45, 0xDF, 0xA3], File.ReadAllBytes(Output)[..4]); // EBML (RFC 8794 section 11.2.1)
    }

    [Fact]
    public void Silence_RendersAnIdlingFace() => Assert.Equal(50, Render(Wav(_ => 0, seconds: 2)).Frames);

    [Fact]
    public void SteadyTone_IsRefusedWithAReason()
    {
        var tone = Wav(t => 0.3 * Math.Sin(2 * Math.PI * 440 * t), seconds: 2);
        var error = Assert.Throws<RenderException>(() => Render(tone));
        Assert.Contains("No speech", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Output));
    }

    [Fact]
    public void SteadyToneOnDemand_IsDrawn()
    {
        var tone = Wav(t => 0.3 * Math.Sin(2 * Math.PI * 440 * t), seconds: 1);
        var request = new RenderRequest(tone, Output, AcceptNonSpeech: true);
        Assert.Equal(25, new OfflineRenderer(_engine).Render(request, null, TestContext.Current.CancellationToken).Frames);
    }

    [Theory]
    [InlineData("missing.wav", null)]
    [InlineData("text.wav", "This is not a sound file.")]
    [InlineData("empty.wav", "")]
    public void UnreadableInput_IsNamedInTheError(string name, string? content)
    {
        var path = Path.Combine(_folder, name);
        if (content is not null)
        {
            File.WriteAllText(path, content);
        }

        var error = Assert.Throws<RenderException>(() => Render(path));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Output));
    }

    [Fact]
    public void OutputThatCannotBeWritten_IsNamedInTheError()
    {
        var request = new RenderRequest(Wav(_ => 0, 1), Path.Combine(_folder, "no", "such", "folder.webm"));
        var error = Assert.Throws<RenderException>(() => new OfflineRenderer(_engine).Render(request, null, CancellationToken.None));
        Assert.Contains("folder.webm", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownEmotion_IsNamedWithThoseThereAre()
    {
        var request = new RenderRequest(Wav(_ => 0, 1), Output, Emotion: new Dictionary<string, float> { ["happy"] = 1, ["joy"] = 1 });
        var error = Assert.Throws<RenderException>(() => new OfflineRenderer(_engine).Render(request, null, CancellationToken.None));
        Assert.Equal("The pack has no emotion 'joy'. It has: angry, contempt, disgusted, fear, happy, sad, surprised.", error.Message);
    }

    [Fact]
    public void UnknownAvatar_IsNamedWithThoseThereAre()
    {
        var request = new RenderRequest(Wav(_ => 0, 1), Output, "eve");
        var error = Assert.Throws<UnknownAvatarException>(() => new OfflineRenderer(_engine).Render(request, null, CancellationToken.None));
        Assert.Equal("There is no avatar 'eve'. This server has: ada, bob.", error.Message);
        Assert.False(File.Exists(Output));
    }

    [Fact]
    public void Emotion_ShowsInTheFile()
    {
        var silence = Wav(_ => 0, 1);
        Render(silence);
        var neutral = File.ReadAllBytes(Output);
        var request = new RenderRequest(silence, Output, Emotion: new Dictionary<string, float> { ["happy"] = 1 });
        new OfflineRenderer(_engine).Render(request, null, TestContext.Current.CancellationToken);
        Assert.NotEqual(neutral, File.ReadAllBytes(Output));
    }

    [Theory]
    [InlineData(8_000, 1)]
    [InlineData(11_025, 2)]
    [InlineData(16_000, 2)]
    [InlineData(44_100, 1)]
    [InlineData(44_100, 2)]
    [InlineData(48_000, 6)]
    [InlineData(96_000, 2)]
    public void ForeignRatesAndChannels_AreHeardAsTheSameVoice(int rate, int channels)
    {
        var original = SoundFile.Read(Path.Combine(TinyEngine.RepositoryRoot(), "tests", "vectors", "voices", "human.wav"));
        Assert.Equal(16_000, original.SampleRate);
        var there = Resampler.Convert(original.Samples, 16_000, rate);
        var file = Wav(i => there[i], there.Length, rate, channels);
        var heard = OfflineRenderer.Heard(OfflineRenderer.ReadVoice(file));

        Assert.Equal(original.Samples.Length, heard.Length, 1.0);
        double product = 0, own = 0, other = 0;
        foreach (var (a, b) in original.Samples.Zip(heard))
        {
            (product, own, other) = (product + (a * b), own + (a * a), other + (b * b));
        }

        // Half the band is missing below 16 kHz, and with it the hiss of consonants; vowels carry the energy.
        Assert.InRange(product / Math.Sqrt(own * other), rate < 16_000 ? 0.97 : 0.999, 1.0001);
        Assert.Equal((there.Length * 25 + rate - 1) / rate, Render(file).Frames);
    }

    [Fact]
    public void Cancelled_LeavesNothingBehind()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var silence = Wav(_ => 0, 1);
        Assert.Throws<OperationCanceledException>(
            () => new OfflineRenderer(_engine).Render(new RenderRequest(silence, Output), null, cancelled.Token));
        Assert.Equal([silence], Directory.GetFiles(_folder));
    }

    [Fact]
    public void SameSeed_SameFile()
    {
        var silence = Wav(_ => 0, 1);
        Render(silence);
        var first = File.ReadAllBytes(Output);
        Render(silence);
        Assert.Equal(first, File.ReadAllBytes(Output));
    }

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Output => Path.Combine(_folder, "out.webm");

    private RenderResult Render(string voice, IProgress<RenderProgress>? progress = null) =>
        new OfflineRenderer(_engine).Render(new RenderRequest(voice, Output), progress, CancellationToken.None);

    /// <summary>Writes a 16-bit mono WAV file at 16 kHz.</summary>
    private string Wav(Func<double, double> at, int seconds) => Wav(i => (float)at(i / 16_000.0), seconds * 16_000, 16_000, 1);

    /// <summary>Writes a 16-bit WAV file with the same sound in every channel.</summary>
    private string Wav(Func<int, float> at, int frames, int rate, int channels)
    {
        var path = Path.Combine(_folder, "voice.wav");
        using var writer = new BinaryWriter(File.Create(path));
        var bytes = frames * channels * 2;
        writer.Write("RIFF"u8);
        writer.Write(36 + bytes);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)channels);
        writer.Write(rate);
        writer.Write(rate * channels * 2);
        writer.Write((short)(channels * 2));
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(bytes);
        for (var i = 0; i < frames * channels; i++)
        {
            writer.Write((short)(Math.Clamp(at(i / channels), -1, 1) * short.MaxValue));
        }

        return path;
    }

    private sealed class Progressed : IProgress<RenderProgress>
    {
        public RenderProgress Last { get; private set; }

        public void Report(RenderProgress value) => Last = value;
    }
}
