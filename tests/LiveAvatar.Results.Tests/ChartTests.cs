using LiveAvatar.Results.Html;

namespace LiveAvatar.Results.Tests;

/// <summary>Axes and labels of the charts.</summary>
public class ChartTests
{
    [Theory]
    [InlineData(0, 100)]
    [InlineData(0, 0.037)]
    [InlineData(-80, 40)]
    [InlineData(113, 573)]
    [InlineData(999_990, 1_000_010)]
    public void Ticks_AreRoundAndHaveRoom(double from, double to)
    {
        var scale = new Scale(from, to, 30, 350);
        var ticks = scale.Ticks();

        Assert.InRange(ticks.Count, 2, 12);
        var step = ticks[1].Value - ticks[0].Value;
        var digit = step / Math.Pow(10, Math.Floor(Math.Log10(step * 1.0001)));
        Assert.Contains(Math.Round(digit, 4), (double[])[1, 2, 5]);
        Assert.All(ticks.Zip(ticks.Skip(1)), pair => Assert.True(
            scale.At(pair.First.Value) + (TextSize.Measure(pair.First.Label) / 2) < scale.At(pair.Second.Value) - (TextSize.Measure(pair.Second.Label) / 2)));
        Assert.Equal(ticks.Count, ticks.Select(tick => tick.Label).Distinct().Count());
    }

    [Fact]
    public void WholeNumbers_HaveNoTicksBetween() => Assert.Equal(["1", "2", "3"], (new Scale(1, 3, 0, 350) { IsWhole = true }).Ticks().Select(tick => tick.Label));

    [Fact]
    public void CloseLabels_GoToSeparateRows()
    {
        (double At, string Text)[] labels = [(100, "p50 152"), (104, "p95 155"), (106, "p99 156"), (300, "p95 ≤ 200 met"), (358, "largest")];
        var placed = LabelRows.Place(labels, 0, 360);

        for (var i = 0; i < labels.Length; i++)
        {
            var right = placed[i].Left + TextSize.Measure(labels[i].Text);
            Assert.InRange(right, 0, 360);
            Assert.DoesNotContain(Enumerable.Range(0, labels.Length), j => j != i && placed[j].Row == placed[i].Row && placed[j].Left >= placed[i].Left && placed[j].Left < right);
        }

        Assert.Equal(3, placed.Take(3).Select(label => label.Row).Distinct().Count());
    }

    [Fact]
    public void LongText_IsCut()
    {
        var text = TextSize.Fit("a title that nobody could ever fit into so little room", 100);

        Assert.EndsWith("…", text, StringComparison.Ordinal);
        Assert.InRange(TextSize.Measure(text), 50, 105);
    }
}
