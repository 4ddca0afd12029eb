namespace LiveAvatar.Codecs.Tests;

public sealed class SoundFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    // Format, rate written, rate read, least SNR in dB; lossy formats delay, so those are compared by level and pitch only.
    [Theory]
    [InlineData("a.wav", SoundWriter.WavPcm16, 16_000, 80)]
    [InlineData("a.wav", SoundWriter.WavFloat, 44_100, 120)]
    [InlineData("a.flac", SoundWriter.FlacPcm16, 48_000, 80)]
    public void LosslessFormat_IsReadExactly(string name, int format, int rate, double leastSnr)
    {
        var tone = Tone(rate, seconds: 2, channels: 1);
        SoundWriter.Write(_folder[name], format, rate, 1, tone);

        var clip = SoundFile.Read(_folder[name]);

        Assert.Equal((rate, tone.Length), (clip.SampleRate, clip.Samples.Length));
        Assert.Equal(TimeSpan.FromSeconds(2), clip.Duration);
        var noise = tone.Zip(clip.Samples, (a, b) => (double)(a - b) * (a - b)).Sum();
        var snr = 10 * Math.Log10(tone.Sum(a => (double)a * a) / noise);
        Assert.True(snr > leastSnr, $"SNR {snr:F1} dB");
    }

    [Theory]
    [InlineData("a.ogg", SoundWriter.OggVorbis, 44_100)]
    [InlineData("a.opus", SoundWriter.OggOpus, 48_000)]
    [InlineData("a.mp3", SoundWriter.Mp3, 44_100)]
    public void LossyFormat_KeepsLevelPitchAndLength(string name, int format, int rate)
    {
        SoundWriter.Write(_folder[name], format, rate, 1, Tone(rate, seconds: 2, channels: 1));

        var clip = SoundFile.Read(_folder[name]);

        Assert.Equal(rate, clip.SampleRate);
        Assert.InRange(clip.Duration.TotalSeconds, 1.99, 2.1);
        var middle = clip.Samples.AsSpan(rate / 2, rate).ToArray();
        Assert.InRange(Math.Sqrt(middle.Average(a => (double)a * a)), 0.9 * 0.4 / Math.Sqrt(2), 1.1 * 0.4 / Math.Sqrt(2));
        var crossings = middle.Zip(middle.Skip(1), (a, b) => a < 0 && b >= 0).Count(crossed => crossed);
        Assert.InRange(crossings, 439, 441);
    }

    [Fact]
    public void Channels_AreAveraged()
    {
        float[] stereo = [1f, 0f, 0.5f, -0.5f, -0.25f, -0.75f];
        SoundWriter.Write(_folder["s.wav"], SoundWriter.WavFloat, 8_000, 2, stereo);
        Assert.Equal([0.5f, 0f, -0.5f], SoundFile.Read(_folder["s.wav"]).Samples);
    }

    [Fact]
    public void SamplesThatAreNoNumbers_BecomeSilence()
    {
        SoundWriter.Write(_folder["n.wav"], SoundWriter.WavFloat, 8_000, 1, [0.25f, float.NaN, float.PositiveInfinity, -0.25f]);
        Assert.Equal([0.25f, 0f, 0f, -0.25f], SoundFile.Read(_folder["n.wav"]).Samples);
    }

    [Fact]
    public void RefusedFile_LeavesTheFilesOfOthersOpen()
    {
        File.WriteAllText(_folder["text.wav"], "This is not a sound file.");
        var (done, failure) = (false, (Exception?)null);
        var other = new Thread(() => failure = Record.Exception(() =>
        {
            while (!Volatile.Read(ref done))
            {
                using var mine = File.OpenHandle(_folder["text.wav"]);
                Thread.SpinWait(200);
                Assert.Equal(25, RandomAccess.GetLength(mine)); // throws where somebody else has closed it
            }
        }));
        other.Start();
        for (var i = 0; i < 1000; i++)
        {
            Assert.Throws<SoundFileException>(() => SoundFile.Read(_folder["text.wav"]));
        }

        Volatile.Write(ref done, true);
        other.Join();
        Assert.Null(failure);
    }

    [Fact]
    public void MissingFile_IsSaid() => Refused(_folder["none.wav"], "does not exist");

    [Fact]
    public void Folder_IsSaid() => Refused(Path.GetDirectoryName(_folder["x"])!, "is a folder");

    [Fact]
    public void EmptyFile_IsSaid() => Refused(_folder.Write("e.wav", []), "is empty");

    [Fact]
    public void TextFile_IsSaid() => Refused(_folder.Write("t.wav", "This is not audio at all, only words."u8), "not audio that can be read");

    [Fact]
    public void HeaderWithoutSamples_IsSaid()
    {
        SoundWriter.Write(_folder["h.wav"], SoundWriter.WavPcm16, 16_000, 1, []);
        Refused(_folder["h.wav"], "contains no audio");
    }

    [Fact]
    public void DamagedFlac_IsSaid()
    {
        SoundWriter.Write(_folder["d.flac"], SoundWriter.FlacPcm16, 16_000, 1, Tone(16_000, seconds: 4, channels: 1));
        var bytes = File.ReadAllBytes(_folder["d.flac"]);
        new Random(1).NextBytes(bytes.AsSpan(bytes.Length / 2, 3000));
        Refused(_folder.Write("d.flac", bytes), "is damaged");
    }

    [Fact]
    public void TooLong_IsSaid()
    {
        SoundWriter.Write(_folder["l.wav"], SoundWriter.WavPcm16, 16_000, 1, Tone(16_000, seconds: 3, channels: 1));
        Refused(_folder["l.wav"], "longer than the limit", new SoundFileLimits { MaxDuration = TimeSpan.FromSeconds(2) });
        Refused(_folder["l.wav"], "the limit is 0 MiB", new SoundFileLimits { MaxLength = 10_000 });
        Assert.Equal(48_000, SoundFile.Read(_folder["l.wav"], new SoundFileLimits { MaxDuration = TimeSpan.FromSeconds(3) }).Samples.Length);
    }

    [Fact]
    public void EveryPrefix_IsReadOrRefused()
    {
        foreach (var (name, format) in new[] { ("p.wav", SoundWriter.WavPcm16), ("p.flac", SoundWriter.FlacPcm16), ("p.ogg", SoundWriter.OggVorbis) })
        {
            SoundWriter.Write(_folder[name], format, 16_000, 1, Tone(16_000, seconds: 1, channels: 1));
            var bytes = File.ReadAllBytes(_folder[name]);
            for (var length = 0; length < bytes.Length; length += 1 + (bytes.Length / 150))
            {
                var path = _folder.Write("prefix-" + name, bytes.AsSpan(0, length));
                try
                {
                    Assert.NotEmpty(SoundFile.Read(path).Samples);
                }
                catch (SoundFileException)
                {
                    // A prefix may be refused; any other exception fails the test.
                }
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void Refused(string path, string reason, SoundFileLimits? limits = null)
    {
        var exception = Assert.Throws<SoundFileException>(() => SoundFile.Read(path, limits));
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    private static float[] Tone(int rate, int seconds, int channels)
    {
        var samples = new float[rate * seconds * channels];
        for (var index = 0; index < samples.Length; index++)
        {
            samples[index] = 0.4f * MathF.Sin(2 * MathF.PI * 440 * (index / channels) / rate);
        }

        return samples;
    }
}
