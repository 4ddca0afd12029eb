using System.Globalization;
using System.Xml.Linq;
using LiveAvatar.Results.Html;

namespace LiveAvatar.Results.Tests;

/// <summary>The page that shows results.</summary>
public class ReportTests
{
    private const string Attack = "<script>alert(1)</script>\"'&\u0000\ud800";

    [Fact]
    public void Page_IsWellFormed()
    {
        var page = Parse(Samples.Full());

        Assert.Equal(1 + 4 + 2 + 1 + 1, page.Descendants("svg").Count()); // patterns, legend, waterfall wide and narrow, distribution, series
        Assert.All(page.Descendants("svg").Where(svg => svg.Attribute("role") is not null), svg => Assert.NotEmpty(svg.Attribute("aria-label")!.Value));
    }

    [Fact]
    public void Page_LoadsNothing()
    {
        var text = Write(Samples.Full());

        Assert.DoesNotContain("http://", text, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Parse(Samples.Full()).Descendants(), element => element.Name.LocalName is "script" or "link" or "img" || element.Attribute("src") is not null);
    }

    [Fact]
    public void TextFromAFile_IsNeverMarkup()
    {
        var run = Samples.Full();
        var page = Parse(run with
        {
            Kind = Attack, Commit = Attack, Pack = Attack, Provider = Attack, Machine = new(Attack, 2, 1, Attack, Attack, Attack, 1),
            Settings = new Dictionary<string, string> { [Attack] = Attack },
            Metrics = [.. run.Metrics.Select(metric => metric with { Title = Attack, Unit = Attack, Targets = [.. metric.Targets.Select(target => target with { Of = target.Of == "p95" ? Attack : target.Of })] })],
            Waterfall = [.. run.Waterfall.Select(step => step with { Title = Attack })],
            Series = [.. run.Series.Select(series => series with { Title = Attack, Unit = Attack, AxisTitle = Attack })],
        });

        Assert.Empty(page.Descendants("script"));
        Assert.Contains("<script>alert(1)</script>\"'&\uFFFD\uFFFD", page.Descendants("h4").First().Value, StringComparison.Ordinal); // shown as it stands
    }

    [Fact]
    public void MissedTarget_SaysByHowMuch()
    {
        var verdicts = Parse(Samples.Full()).Descendants("span").Where(span => (string?)span.Attribute("class") == "missed").Select(span => span.Value.Replace('\u00A0', ' '));

        Assert.Contains("✗ missed by 0.11 cores (22 %)", verdicts);
    }

    [Fact]
    public void Summary_CountsTargets() =>
        Assert.Equal("2 of 4 targets met, 2 missed.", Parse(Samples.Full()).Descendants("p").Single(p => ((string?)p.Attribute("class"))?.StartsWith("lead", StringComparison.Ordinal) == true).Value);

    [Fact]
    public void OlderRun_IsATrendAndNotCountedTwice()
    {
        var older = Samples.Full() with { Date = Samples.Full().Date.AddDays(-2), Commit = "77aa10ffee21" };
        var page = Parse(Samples.Full(), older);

        Assert.Equal("2 of 4 targets met, 2 missed.", page.Descendants("p").Single(p => ((string?)p.Attribute("class"))?.StartsWith("lead", StringComparison.Ordinal) == true).Value);
        Assert.Equal(["77aa10f", "015c964"], page.Descendants("text").Select(text => text.Value).Where(text => text is "77aa10f" or "015c964").Distinct().Reverse());
    }

    [Fact]
    public void OtherMachine_IsNoTrend() =>
        Assert.DoesNotContain("Trends", Parse(Samples.Full(), Samples.Full() with { Machine = Samples.Machine with { Cores = 64 } }).Descendants("h2").Select(heading => heading.Value));

    [Fact]
    public void WaterfallBars_FollowOneAnother()
    {
        var chart = Parse(Samples.Full()).Descendants("svg").Single(svg => (string?)svg.Attribute("class") == "waterfall wide");
        var bars = chart.Elements("rect").Select(bar => (Start: Coordinate(bar, "x"), End: Coordinate(bar, "x") + Coordinate(bar, "width"))).ToArray();

        Assert.Equal(4, bars.Length);
        Assert.All(bars.Zip(bars.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start, .02));
        Assert.Equal(40 / 8.3, (bars[0].End - bars[0].Start) / (bars[1].End - bars[1].Start), .02);
    }

    [Theory]
    [InlineData(new double[] { 5, 5, 5 })]
    [InlineData(new double[] { 0, 0 })]
    [InlineData(new[] { -1e15, 1e15 })]
    [InlineData(new[] { 1e-9, 2e-9 })]
    [InlineData(new[] { 0, 0, 0, 0, 0, 1e12 })]
    public void OddNumbers_AreDrawnWithinTheChart(double[] values)
    {
        var run = Samples.Run(Metric.Many("x", "x", "ms", Better.Lower, values) with { Repeats = values, Targets = [new("p50", -7, 7e9)] }) with
        {
            Series = [new("s", "s", "", "x", values, values), new("one", "one", "", "x", [3], [4])],
            Waterfall = [.. values.Select(value => new WaterfallStep("step", StepKind.Work, value, value))],
        };
        var page = Parse(run, run with { Commit = "other" });

        var points = page.Descendants("polyline").SelectMany(line => line.Attribute("points")!.Value.Split([' ', ','])).Select(text => double.Parse(text, CultureInfo.InvariantCulture));
        Assert.All(points, point => Assert.InRange(point, 0, 400));
    }

    [Fact]
    public void FolderWithOldFiles_SkipsThemWithTheReason()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        Samples.Full().Write(Path.Combine(folder, "new.json"));
        File.WriteAllText(Path.Combine(folder, "old.json"), """{"format":1}""");
        var input = ReportInput.Read([folder]);

        Assert.Equal("new.json", Assert.Single(input.Runs).File);
        Assert.Contains("format 1", Assert.Single(input.Skipped).Reason, StringComparison.Ordinal);
        Assert.Throws<ResultFileException>(() => ReportInput.Read([Path.Combine(folder, "old.json")])); // it was asked for by name
        Assert.Throws<ResultFileException>(() => ReportInput.Read([Directory.CreateTempSubdirectory().FullName]));
    }

    private static string Write(params RunResult[] runs) =>
        ReportPage.Write(new ReportInput([.. runs.Select(run => new ReportedRun("file.json", run))], []), new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));

    private static XElement Parse(params RunResult[] runs) => XDocument.Parse(Write(runs)).Root!;

    private static double Coordinate(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
