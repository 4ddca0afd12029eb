using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Measures;
using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Tests;

/// <summary>Lags that were put in must come out.</summary>
public class LagEstimatorTests
{
    public static TheoryData<int> Injected => [.. Enumerable.Range(-10, 21).Select(step => step * 20)];

    [Theory]
    [MemberData(nameof(Injected))]
    public void InjectedLag_IsFoundWithin10Ms(int milliseconds)
    {
        var voice = Voice(seed: 4);
        var random = new Random(9);
        var performance = Frames(30 * 25);
        double[] aperture = [.. Enumerable.Range(0, performance.Motion.Length).Select(i =>
            (0.4 * VoiceScore.Opening(voice, performance.TimeOf(i) - (milliseconds / 1000.0))) + (0.05 * (random.NextDouble() - 0.5)))];

        var lag = VoiceScore.VowelLag(voice, aperture, performance);

        Assert.InRange(lag.Milliseconds, milliseconds - 10, milliseconds + 10);
        Assert.InRange(lag.Correlation, 0.9, 1);
    }

    [Fact]
    public void AMouthThatMovesAtRandom_HasNoCorrelation()
    {
        var random = new Random(1);
        var performance = Frames(60 * 25);

        var lag = VoiceScore.VowelLag(Voice(seed: 5), [.. performance.Motion.Select(_ => random.NextDouble())], performance);

        Assert.InRange(lag.Correlation, 0, 0.2);
    }

    [Fact]
    public void TooFewFrames_AreRefused() =>
        Assert.Throws<ArgumentException>(() => LagEstimator.Estimate(new double[10], i => i / 25.0, _ => 0));

    /// <summary>A minute of consonants and vowels of 40 to 200 ms.</summary>
    internal static Voice Voice(int seed)
    {
        var random = new Random(seed);
        var (labels, time) = (new List<Label>(), 0.2);
        while (time < 60)
        {
            var vowel = labels.Count % 2 == 1;
            var end = time + 0.04 + (0.16 * random.NextDouble());
            labels.Add(new Label(time, end, vowel ? "aa" : "DD", vowel ? random.Next(1, 4) : 0, null));
            time = end;
        }

        return new Voice("made", Data.Voice.Synthesizer, "made", "", [], labels, []);
    }

    internal static Performance Frames(int count) => new([.. Enumerable.Range(0, count).Select(_ => Array.Empty<float>())], [], [], [], 25, 0);
}
