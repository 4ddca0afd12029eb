using System.Text.Json;
using LiveAvatar.Results.Comparison;

namespace LiveAvatar.Results.Tests;

/// <summary>What two runs say about each other.</summary>
public class ComparisonTests
{
    private static readonly double[] Around100 = [100, 101, 99, 102, 98], Around120 = [120, 121, 119, 122, 118];

    [Theory]
    [InlineData(Better.Lower, Verdict.Worse)]
    [InlineData(Better.Higher, Verdict.Better)]
    [InlineData(Better.Neither, Verdict.Different)]
    public void RepeatsThatRose_AreJudgedByTheirDirection(Better better, Verdict verdict)
    {
        var figure = Compare(Repeated(better, Around100), Repeated(better, Around120));

        Assert.Equal((verdict, Basis.Repeats, 1.2), (figure.Verdict, figure.Basis, figure.Ratio));
        Assert.False(figure.RatioInterval!.Value.Contains(1));
    }

    [Fact]
    public void RepeatsThatOverlap_ShowNoDifference() =>
        Assert.Equal(Verdict.NoDifference, Compare(Repeated(Better.Lower, Around100), Repeated(Better.Lower, [101, 100, 103, 99, 100])).Verdict);

    [Theory]
    [InlineData(104, Verdict.NoDifference)] // three repeats apart happen by chance
    [InlineData(110, Verdict.Worse)]
    public void ThreeRepeats_MustAlsoDifferByMoreThan5Percent(double about, Verdict verdict) =>
        Assert.Equal(verdict, Compare(Repeated(Better.Lower, [99.9, 100, 100.1]), Repeated(Better.Lower, [about - .1, about, about + .1])).Verdict);

    [Fact]
    public void SingleValues_StayOpen()
    {
        var figure = Compare(Metric.Single("x", "x", "ms", Better.Lower, 100), Metric.Single("x", "x", "ms", Better.Lower, 150));

        Assert.Equal((Verdict.Open, "one run each", 1.5), (figure.Verdict, figure.Note, figure.Ratio));
        Assert.Null(figure.RatioInterval);
    }

    [Theory]
    [InlineData(1.2, Verdict.Worse)]
    [InlineData(1.04, Verdict.NoDifference)] // sure enough, but too little for measurements of one run
    public void OneRunEach_IsJudgedByItsQuantiles(double factor, Verdict verdict)
    {
        var times = Samples.LogNormal(1, 1000, 100, .05);
        var figures = RunComparison.Of(Samples.Run(Many(times)), Samples.Run(Many(times.Select(time => time * factor)))).Figures;

        Assert.Equal(["p50", "p95", "p99"], figures.Select(figure => figure.Of));
        Assert.Equal((verdict, Basis.OneRun), (figures[0].Verdict, figures[0].Basis));
        Assert.False(figures[0].RatioInterval!.Value.Contains(1));
    }

    [Fact]
    public void FewMeasurements_SayNothingOfTheTail()
    {
        var figures = RunComparison.Of(Samples.Run(Many(Samples.LogNormal(1, 30, 100, .1))), Samples.Run(Many(Samples.LogNormal(2, 30, 200, .1)))).Figures;

        Assert.Equal([Verdict.Worse, Verdict.Open, Verdict.Open], figures.Select(figure => figure.Verdict));
        Assert.Equal("only 30 measured", figures[1].Note);
    }

    [Fact]
    public void Missing_IsOnlyInTheOther()
    {
        var figures = RunComparison.Of(Samples.Run(Metric.Single("a", "a", "", Better.Lower, 1)), Samples.Run(Metric.Single("b", "b", "", Better.Lower, 2))).Figures;

        Assert.Equal([("a", Verdict.OnlyInA), ("b", Verdict.OnlyInB)], figures.Select(figure => (figure.Name, figure.Verdict)));
    }

    [Fact]
    public void OtherUnit_IsNotCompared() =>
        Assert.Equal("measured in \"ms\" and \"s\"", Compare(Metric.Single("x", "x", "ms", Better.Lower, 1), Metric.Single("x", "x", "s", Better.Lower, 1)).Note);

    [Fact]
    public void WorseThan_TakesOnlyWhatIsProvenAndMore()
    {
        var comparison = RunComparison.Of(
            Samples.Run(Repeated(Better.Lower, Around100), Metric.Single("single", "", "", Better.Lower, 1), Repeated(Better.Lower, [0, 0, 0, 0]) with { Name = "errors" }),
            Samples.Run(Repeated(Better.Lower, Around120), Metric.Single("single", "", "", Better.Lower, 9), Repeated(Better.Lower, [1, 2, 1, 2]) with { Name = "errors" }));

        Assert.Equal(["x", "errors"], comparison.WorseThan(19).Select(figure => figure.Name));
        Assert.Equal(["errors"], comparison.WorseThan(21).Select(figure => figure.Name)); // from nothing to something is more than any percentage
    }

    [Fact]
    public void WhatElseDiffers_IsListed()
    {
        var other = Samples.Run() with { Pack = "presenter 0.4.0", Settings = new Dictionary<string, string> { ["codec"] = "h264", ["seconds"] = "60" }, Machine = Samples.Machine with { Cores = 16, LoadAverage = 9 } };

        Assert.Equal(
            [new("cores", "2", "16"), new("pack", "presenter 0.3.0", "presenter 0.4.0"), new("setting codec", "not set", "h264")],
            RunComparison.Of(Samples.Run(), other).Differences);
    }

    [Fact]
    public void OtherKind_IsAnError() =>
        Assert.Contains("\"perf call\"", Assert.Throws<ResultFileException>(() => RunComparison.Of(Samples.Run(), Samples.Run() with { Kind = "steer" })).Message, StringComparison.Ordinal);

    [Fact]
    public void File_HoldsEveryFigure()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "folder", "comparison.json");
        RunComparison.Of(Samples.Full(), Samples.Full()).Write(path);

        using var file = JsonDocument.Parse(File.ReadAllText(path));
        var figures = file.RootElement.GetProperty("figures");
        Assert.Equal(6, figures.GetArrayLength());
        Assert.Equal("noDifference", figures[0].GetProperty("verdict").GetString());
    }

    private static FigureComparison Compare(Metric a, Metric b) => Assert.Single(RunComparison.Of(Samples.Run(a), Samples.Run(b)).Figures);

    private static Metric Repeated(Better better, double[] repeats) => Metric.Single("x", "x", "ms", better, repeats.Order().ElementAt(repeats.Length / 2)) with { Repeats = repeats };

    private static Metric Many(IEnumerable<double> values) => Metric.Many("x", "x", "ms", Better.Lower, values);
}
