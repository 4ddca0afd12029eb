using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Tests;

/// <summary>Numbers whose answers are known.</summary>
public class StatisticsTests
{
    [Fact]
    public void Spearman_IsOneForAnyRisingRelation()
    {
        double[] x = [1, 2, 3, 4, 5];

        Assert.Equal(1, Statistics.Spearman(x, [1, 4, 9, 100, 1e6]), 9);
        Assert.Equal(-1, Statistics.Spearman(x, [5, 4, 3, 2, 1]), 9);
    }

    [Fact]
    public void Spearman_SharesRanksOfEqualNumbers() => // ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: r = 4.5 / √(4.5 · 5)
        Assert.Equal(4.5 / Math.Sqrt(22.5), Statistics.Spearman([1, 2, 2, 3], [10, 20, 30, 40]), 9);

    [Fact]
    public void Pearson_OfAConstantIsZero() => Assert.Equal(0, Statistics.Pearson([3, 3, 3], [1, 2, 3]));

    [Fact]
    public void Detrend_TakesASlopeAway()
    {
        double[] slope = [.. Enumerable.Range(0, 100).Select(i => 0.3 * i)];

        Assert.All(Statistics.Detrend(slope, 5)[5..^5], value => Assert.Equal(0, value, 9));
    }

    [Fact]
    public void Jerk_OfASineIsItsThirdDerivative()
    {
        const double Rate = 1000, Frequency = 2; // fine steps, so that the difference is the derivative
        var motion = Enumerable.Range(0, 4000).Select(i => new[] { (float)Math.Sin(2 * Math.PI * Frequency * i / Rate) }).ToArray();
        var precise = Math.Pow(2 * Math.PI * Frequency, 3) / Math.Sqrt(2);

        // float32 positions limit the third difference at this rate: thin them out to 50 frames per second.
        float[][] thin = [.. motion.Where((_, i) => i % 20 == 0)];
        Assert.InRange(MotionStatistics.Jerk(thin, [0], Rate / 20), 0.95 * precise, 1.01 * precise);
    }

    [Fact]
    public void EditDistance_CountsEachChange() => Assert.Equal(3, EditDistance.Of("k i t t e n".Split(' '), "s i t t i n g".Split(' ')));

    [Fact]
    public void Cholesky_Solves()
    {
        var x = Cholesky.Solve([[4, 2, 0], [2, 5, 1], [0, 1, 3]], [2, -7, 4]);

        Assert.Equal([2, -7, 4], new[] { (4 * x[0]) + (2 * x[1]), (2 * x[0]) + (5 * x[1]) + x[2], x[1] + (3 * x[2]) }, (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Theory]
    [InlineData(20, 3)] // more samples than features
    [InlineData(4, 40)] // fewer
    public void LinearProbe_TellsSeparateClouds(int perClass, int features)
    {
        var random = new Random(2);
        double[] Sample(int kind) => [.. Enumerable.Range(0, features).Select(f => (f % 3 == kind ? 1.0 : 0) + random.NextDouble())];
        int[] classes = [.. Enumerable.Range(0, 3).SelectMany(kind => Enumerable.Repeat(kind, perClass))];
        var probe = LinearProbe.Fit([.. classes.Select(Sample)], classes, 3);

        Assert.All(Enumerable.Range(0, 300), i => Assert.Equal(i % 3, probe.Classify(Sample(i % 3))));
    }

    [Fact]
    public void LinearProbe_CannotTellNoise()
    {
        var random = new Random(3);
        double[] Sample() => [.. Enumerable.Range(0, 10).Select(_ => random.NextDouble())];
        int[] classes = [.. Enumerable.Range(0, 200).Select(i => i % 4)];
        var probe = LinearProbe.Fit([.. classes.Select(_ => Sample())], classes, 4);

        Assert.InRange(Enumerable.Range(0, 2000).Average(i => probe.Classify(Sample()) == i % 4 ? 1.0 : 0), 0.2, 0.3);
    }
}
