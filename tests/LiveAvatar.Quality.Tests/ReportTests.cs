using LiveAvatar.Quality.Measures;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Tests;

/// <summary>What becomes of measured numbers.</summary>
public class ReportTests
{
    [Theory]
    [InlineData(0.95, true)]
    [InlineData(0.949, false)]
    [InlineData(double.NaN, null)]
    public void Target_DecidesByTheNumber(double value, bool? passed)
    {
        var findings = new Findings("group");
        findings.Add("name", value, "set", Target.AtLeast(0.95));

        Assert.Equal(passed, findings.All[0].Passed);
    }

    [Fact]
    public void WhatCouldNotBeMeasured_SaysWhyAndPassesNothing()
    {
        var findings = new Findings("group");
        findings.Miss("name", "there is no data", Target.AtLeast(1));

        Assert.Null(findings.All[0].Passed);
        Assert.Equal("not measured", MarkdownReport.Verdict(findings.All[0]));
        Assert.Equal("there is no data", findings.All[0].Note);
    }

    [Fact]
    public void SmallNumbers_KeepTheirDigits()
    {
        var findings = new Findings("group");
        findings.Add("name", 0.00001234567, "set", Target.AtMost(1e-4));

        Assert.Equal(0.0000123, findings.All[0].Value!.Value, 9);
    }

    [Fact]
    public void TrainingsTables_AreFoundAndTheSweepIsJudged()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "scores.json"), """{"facePsnr": 33.5}""");
            File.WriteAllText(Path.Combine(folder.FullName, "ablation.json"), """
                {"lookAhead": [{"lookAheadMs": 0, "visemeAccuracy": 0.7}, {"lookAheadMs": 40, "visemeAccuracy": 0.9}, {"lookAheadMs": 80, "visemeAccuracy": 0.92}],
                 "decoder": {"adversaries": [{"variant": "L1 only", "psnr": 31}]}}
                """);
            var tables = TrainingTables.Read(folder.FullName);

            Assert.Equal(["ablation: lookAhead", "ablation: decoder: adversaries"], tables.Tables.Select(table => table.Title));
            Assert.Equal(33.5, tables.Scores["facePsnr"]);
            var finding = Assert.Single(tables.LookAhead());
            Assert.Equal((true, 0.9783), (finding.Passed!.Value, finding.Value!.Value));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void ObjectsOfRows_AreTablesToo()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "scores.json"), """
                {"speech": {"nearMs": 60, "sets": {"test_awb": {"0": {"visemeAccuracy": 0.5}, "40": {"visemeAccuracy": 0.6}, "80": {"visemeAccuracy": 0.8}, "40, noise": {"visemeAccuracy": 0.4}}}}}
                """);
            var tables = TrainingTables.Read(folder.FullName);

            Assert.Equal(["scores: speech: sets: test_awb"], tables.Tables.Select(table => table.Title));
            Assert.Equal(4, tables.Tables[0].Rows.Count);
            var finding = Assert.Single(tables.LookAhead());
            Assert.Equal((false, 0.75), (finding.Passed!.Value, finding.Value!.Value));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void NestedCells_AreSpreadOverColumns()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "ablation.json"), """{"minutesEach": 3, "l1": {"psnr": 31, "mouthError": {"oo": 2}}, "frame": {"psnr": 32, "mouthError": {"oo": 1}}}""");
            var table = Assert.Single(TrainingTables.Read(folder.FullName).Tables);

            Assert.Equal(["variant", "psnr", "mouthError oo"], table.Rows[0].Keys);
            Assert.Equal("l1", table.Rows[0]["variant"].GetString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void NoSweep_IsSaidToBeMissing()
    {
        var finding = Assert.Single(TrainingTables.Read(Path.GetTempPath() + "nothing").LookAhead());

        Assert.Null(finding.Value);
    }

    [Fact]
    public void Text_IsDrawnWithinItsWidth()
    {
        var strokes = StrokeFont.Strokes("Aperture 0.95", 10, 20, 2).SelectMany(stroke => stroke).ToArray();

        Assert.True(strokes.Length > 50);
        Assert.All(strokes, point => Assert.True(point.X >= 10 && point.X <= 10 + StrokeFont.Measure("Aperture 0.95", 2) && point.Y >= 20 && point.Y <= 32));
    }

    [Fact]
    public void Canvas_DrawsALine()
    {
        var canvas = new Canvas(20, 20, Colour.White);
        canvas.Line([(2, 10), (17, 10)], new Colour(0, 0, 0), 2);
        var image = canvas.ToImage();

        Assert.Equal(0, image.Red[(10 * 20) + 9]);
        Assert.Equal(255, image.Red[(4 * 20) + 9]);
    }
}
