using LiveAvatar.Results.Statistics;

namespace LiveAvatar.Results.Tests;

/// <summary>The range of a ratio, on samples whose true ratio is known.</summary>
public class BootstrapTests
{
    [Theory]
    [InlineData(.5)]
    [InlineData(.95)]
    public void Range_HoldsTheTrueRatioAsOftenAsItSays(double share)
    {
        const int Trials = 200;
        var held = Enumerable.Range(0, Trials).Count(trial =>
            Bootstrap.Compare(Samples.LogNormal(2 * trial, 200, 100, .2), Samples.LogNormal((2 * trial) + 1, 200, 130, .2), share).Ratio!.Value.Contains(1.3));

        Assert.InRange(held / (double)Trials, .90, .99); // 95 % give or take three standard errors
    }

    [Fact]
    public void RealDifference_ExcludesOne()
    {
        var ratio = Bootstrap.Compare([100, 102, 99, 101, 103], [120, 118, 121, 123, 119]).Ratio!.Value;

        Assert.InRange(ratio.Low, 1.1, 1.2);
        Assert.InRange(ratio.High, ratio.Low, 1.3);
    }

    [Fact]
    public void NoDifference_HoldsOne() => Assert.True(Bootstrap.Compare([100, 102, 99, 101, 103], [101, 99, 104, 100, 102]).Ratio!.Value.Contains(1));

    [Fact]
    public void FewValues_HaveAWiderRange()
    {
        double Width(int count) => Bootstrap.Compare(Samples.LogNormal(1, count, 100, .2), Samples.LogNormal(2, count, 100, .2)).Ratio is { } ratio ? ratio.High - ratio.Low : 0;

        Assert.True(Width(20) > 2 * Width(500));
    }

    [Fact]
    public void Zero_HasADifferenceButNoRatio()
    {
        var estimate = Bootstrap.Compare([0, 0, 0, 0], [4, 5, 6, 5]);

        Assert.Null(estimate.Ratio);
        Assert.InRange(estimate.Difference.Low, 4, 5);
    }

    [Fact]
    public void Smallest_IsSometimesNotDrawn()
    {
        // The smallest of ten draws from 1 to 10 is above k with a chance of (1 - k / 10) to the 10th: 10.7 % above 2, 2.8 % above 3, 0.6 % above 4.
        var smallest = Bootstrap.Compare([0], [.. Enumerable.Range(1, 10).Select(i => (double)i)], share: 0).Difference;

        Assert.Equal(1, smallest.Low);
        Assert.InRange(smallest.High, 3, 4);
    }

    [Fact]
    public void SameSamples_CompareTheSameEachTime() => Assert.Equal(Bootstrap.Compare([1, 2, 3], [2, 3, 4]), Bootstrap.Compare([3, 2, 1], [4, 3, 2]));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(.5, 2.5)]
    [InlineData(1, 4)]
    public void Quantile_LiesBetweenValues(double share, double value) => Assert.Equal(value, Bootstrap.Quantile([1, 2, 3, 4], share));
}
