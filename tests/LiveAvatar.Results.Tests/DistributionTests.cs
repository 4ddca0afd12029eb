namespace LiveAvatar.Results.Tests;

/// <summary>What is kept of many measurements.</summary>
public class DistributionTests
{
    [Fact]
    public void Percentiles_AreNearestRank()
    {
        var distribution = Distribution.Of(Enumerable.Range(1, 1000).Reverse().Select(i => (double)i));

        Assert.Equal((1000, 500.5, 500, 950, 990, 1000), (distribution.Count, distribution.Mean, distribution.P50, distribution.P95, distribution.P99, distribution.Max));
    }

    [Fact]
    public void Few_AreAllKept() => Assert.Equal([1, 2, 3], Distribution.Of([3, 1, 2]).Quantiles);

    [Fact]
    public void Many_AreKeptAsStepsOfHalfAPercent()
    {
        var quantiles = Distribution.Of(Enumerable.Range(0, 2001).Select(i => (double)i)).Quantiles;

        Assert.Equal(201, quantiles.Count);
        Assert.Equal((0, 1000, 2000), (quantiles[0], quantiles[100], quantiles[200]));
    }

    [Fact]
    public void Nothing_HasNoFigures()
    {
        var metric = Metric.Many("x", "x", "ms", Better.Lower, [], new Target("p50", null, 5));

        Assert.Null(metric.Figure("p50"));
        Assert.Equal("not measured", Assert.Single(TargetOutcome.Of(metric)).Verdict());
    }
}
