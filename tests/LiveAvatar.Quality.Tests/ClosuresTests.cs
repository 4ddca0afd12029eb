using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Tests;

/// <summary>Closures that were found, missed and invented, on curves made for it.</summary>
public class ClosuresTests
{
    private const double Rate = 25;

    [Fact]
    public void EveryClosureMet_IsRecallAndPrecisionOne()
    {
        var closures = Count(100, [(20, 22), (50, 53)], [new(0.81, 0.87), new(2.0, 2.1)], []);

        Assert.Equal((2, 1.0, 1.0), (closures.Events, closures.Recall, closures.Precision));
    }

    [Fact]
    public void OneMissedAndOneInvented_AreCounted()
    {
        var closures = Count(100, [(20, 22), (80, 82)], [new(0.81, 0.87), new(2.0, 2.1)], []);

        Assert.Equal((0.5, 0.5), (closures.Recall, closures.Precision));
    }

    [Theory]
    [InlineData(0.055, 1)] // the middle of the frame lies 55 ms after the label
    [InlineData(0.065, 0)]
    public void NearEnough_Is60Ms(double late, double recall)
    {
        var frame = (20.5 / Rate) - late;

        Assert.Equal(recall, Count(100, [(20, 21)], [new(frame - 0.04, frame)], []).Recall);
    }

    [Fact]
    public void LipsAtRestInSilence_AreNoInvention()
    {
        Assert.Equal(1, Count(100, [(60, 80)], [], [new(2.5, 3.1)]).Precision);
        Assert.Equal(0, Count(100, [(60, 80)], [], [new(3.6, 4.0)]).Precision);
    }

    [Fact]
    public void Chance_IsHowOftenClosedLipsMeetAnyMoment()
    {
        // Closed 2 of 10 frames, their middles 40 ms apart: a moment is met from 60 ms before the first to 60 ms after the second, 160 of 400 ms.
        var closures = new Closures(0.03, 0.06);
        var aperture = Enumerable.Range(0, 50_000).Select(i => i % 10 < 2 ? 0.0 : 0.3).ToArray();
        closures.Add(aperture, Rate, 0, [.. Enumerable.Range(10, 4000).Select(i => new Stretch((i * 0.4) + 0.03, (i * 0.4) + 0.03))], []);

        Assert.Equal(1, closures.Recall);
        Assert.InRange(closures.Chance, 0.36, 0.44);
    }

    [Fact]
    public void Offset_MovesTheFrames()
    {
        var closures = new Closures(0.03, 0.06);
        closures.Add(Curve(100, [(20, 22)]), Rate, 0.5, [new(1.31, 1.37)], []);

        Assert.Equal((1.0, 1.0), (closures.Recall, closures.Precision));
    }

    private static Closures Count(int frames, (int First, int End)[] shut, Stretch[] labels, Stretch[] silences)
    {
        var closures = new Closures(0.03, 0.06);
        closures.Add(Curve(frames, shut), Rate, 0, labels, silences);
        return closures;
    }

    private static double[] Curve(int frames, (int First, int End)[] shut) =>
        [.. Enumerable.Range(0, frames).Select(i => shut.Any(run => i >= run.First && i < run.End) ? 0 : 0.3)];
}
