namespace LiveAvatar.Results.Tests;

/// <summary>Targets that were met and missed.</summary>
public class TargetOutcomeTests
{
    [Theory]
    [InlineData(180, null, 150.0, "missed by 30 ms (20 %)")]
    [InlineData(120, null, 150.0, "met with 30 ms (20 %) to spare")]
    [InlineData(150, null, 150.0, "met, just")]
    [InlineData(27, 30.0, null, "missed by 3 ms (10 %)")]
    [InlineData(31, 30.0, null, "met with 1 ms (3.3 %) to spare")]
    [InlineData(-90, -80.0, 40.0, "missed by 10 ms")]
    [InlineData(45, -80.0, 40.0, "missed by 5 ms")]
    [InlineData(30, -80.0, 40.0, "met with 10 ms to spare")]
    [InlineData(2, null, 0.0, "missed by 2 ms")]
    public void Verdict_SaysByHowMuch(double figure, double? least, double? most, string verdict)
    {
        var outcome = Assert.Single(TargetOutcome.Of(Metric.Single("x", "x", "ms", Better.Lower, figure, new Target("value", least, most))));

        Assert.Equal(verdict, outcome.Verdict().Replace('\u00A0', ' '));
        Assert.Equal(verdict.StartsWith("met", StringComparison.Ordinal), outcome.IsMet);
    }

    [Fact]
    public void Wanted_NamesTheFigure() =>
        Assert.Equal("p95 at most 200\u00A0ms", Assert.Single(TargetOutcome.Of(Metric.Many("x", "x", "ms", Better.Lower, [1, 2], new Target("p95", null, 200)))).Wanted());
}
