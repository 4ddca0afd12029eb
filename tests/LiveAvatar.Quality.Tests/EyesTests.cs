using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Tests;

/// <summary>Blinks and glances that were put in.</summary>
public class EyesTests
{
    private static readonly double[] Blink = [0.5, 1, 1, 0.5];

    [Fact]
    public void Blinks_AreCountedAndTimed()
    {
        var blinks = Blinks.Find(Lids(500, 50, 175, 400), 25);

        Assert.Equal(3, blinks.Starts.Count);
        Assert.Equal(0.15, blinks.PerSecond, 9);
        Assert.All(blinks.Durations, duration => Assert.Equal(0.16, duration, 9)); // from half-way up frame 49 to half-way down frame 54
    }

    [Fact]
    public void AMetronome_HasNoVariation() => Assert.Equal(0, Blinks.Find(Lids(1000, [.. Enumerable.Range(1, 9).Select(i => i * 100)]), 25).IntervalVariation, 9);

    [Fact]
    public void ChanceIntervals_VaryByAboutTheirMean()
    {
        var random = new Random(6);
        var (starts, at) = (new List<int>(), 20.0);
        while (at < 49_900)
        {
            starts.Add((int)at);
            at += 10 - (100 * Math.Log(1 - random.NextDouble()));
        }

        Assert.InRange(Blinks.Find(Lids(50_000, [.. starts]), 25).IntervalVariation, 0.8, 1.05);
    }

    [Fact]
    public void ADroopingLid_IsNoBlink() => Assert.Empty(Blinks.Find([.. Enumerable.Range(0, 200).Select(i => 0.3 * Math.Sin(i / 20.0))], 25).Starts);

    [Fact]
    public void Saccades_AreJumpsNotDrift()
    {
        double[] x = [.. Enumerable.Range(0, 250).Select(i => (0.001 * i) + (i >= 100 ? 0.15 : 0) + (i >= 101 ? 0.04 : 0) - (i >= 200 ? 0.2 : 0))];

        Assert.Equal(0.2, Saccades.PerSecond(x, new double[250], 25), 9); // two in ten seconds; the first takes two frames
    }

    private static double[] Lids(int frames, params int[] starts)
    {
        var lids = new double[frames];
        foreach (var start in starts)
        {
            Blink.CopyTo(lids, start);
        }

        return lids;
    }
}
