using LiveAvatar.Inference;
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
    private string Wav(Func<double, double> at, int seconds)
    {
        const int rate = 16_000;
        var path = Path.Combine(_folder, "voice.wav");
        using var writer = new BinaryWriter(File.Create(path));
        var bytes = seconds * rate * 2;
        writer.Write("RIFF"u8);
        writer.Write(36 + bytes);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(rate);
        writer.Write(rate * 2);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(bytes);
        for (var i = 0; i < seconds * rate; i++)
        {
            writer.Write((short)(at((double)i / rate) * short.MaxValue));
        }

        return path;
    }

    private sealed class Progressed : IProgress<RenderProgress>
    {
        public RenderProgress Last { get; private set; }

        public void Report(RenderProgress value) => Last = value;
    }
}
