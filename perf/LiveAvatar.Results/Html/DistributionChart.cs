namespace LiveAvatar.Results.Html;

/// <summary>Draws how measurements are spread: which share of them is at most so much.</summary>
internal static class DistributionChart
{
    private const double PlotHeight = 150, RowHeight = 16, Right = 10, TitleRow = 20;
    private const double LeastShare = .45; // of the width that the measurements keep when a far target is to be shown too

    /// <summary>Draws it; says whether the largest measurements lie beyond its end.</summary>
    public static bool Write(HtmlWriter html, Metric metric)
    {
        var distribution = metric.Distribution!;
        var (from, to) = Range(distribution, metric.Targets);
        var left = TextSize.Measure("100 %") + 10;
        var x = Scale.Around(from, to, left, ChartFrame.Width - Right);
        x = distribution.Quantiles[0] >= 0 && x.From < 0 ? x with { From = 0 } : x;

        var marks = Marks(metric, x);
        var labels = LabelRows.Place([.. marks.Select(mark => (x.At(mark.Value), mark.Text))], 0, ChartFrame.Width);
        var top = TitleRow + (RowHeight * (1 + labels.Max(label => label.Row))) + 8;
        var y = new Scale(0, 100, top + PlotHeight, top);

        using (html.Open("svg", ("viewBox", $"0 0 {ChartFrame.Width} {Math.Ceiling(top + PlotHeight + ChartFrame.Bottom)}"), ("role", "img"), ("aria-label", Describe(metric))))
        {
            new ChartFrame(x, y, metric.Unit.Length == 0 ? metric.Title : metric.Unit, "measurements up to that, %").Draw(html);
            for (var i = 0; i < marks.Count; i++)
            {
                var (at, baseline) = (x.At(marks[i].Value), top - 8 - (RowHeight * labels[i].Row));
                html.Empty("line", ("class", marks[i].Class), ("x1", at), ("x2", at), ("y1", baseline + 3), ("y2", y.Start));
            }

            html.Empty("polyline", ("class", "curve"), ("points", ChartFrame.Points(Curve(distribution.Quantiles, x, y))));
            for (var i = 0; i < marks.Count; i++)
            {
                if (marks[i].Share is { } share)
                {
                    html.Empty("circle", ("class", "dot"), ("cx", x.At(marks[i].Value)), ("cy", y.At(share)), ("r", 3.5));
                }

                html.Text("text", marks[i].Text, ("class", "label " + marks[i].Class), ("x", labels[i].Left), ("y", top - 8 - (RowHeight * labels[i].Row)));
            }
        }

        return distribution.Max > x.To;
    }

    /// <summary>What the chart shows, in words.</summary>
    public static string Describe(Metric metric)
    {
        var distribution = metric.Distribution!;
        return $"{metric.Title}: half of {distribution.Count} measurements up to {Number.Format(distribution.P50, metric.Unit)}, "
            + $"95 % up to {Number.Format(distribution.P95, metric.Unit)}, 99 % up to {Number.Format(distribution.P99, metric.Unit)}, the largest {Number.Format(distribution.Max, metric.Unit)}";
    }

    // A few stragglers must not press all else into a corner: a long tail is cut, and the text below the chart tells its end.
    private static (double From, double To) Range(Distribution distribution, IReadOnlyList<Target> targets)
    {
        var least = distribution.Quantiles[0];
        var body = distribution.P99 - least;
        var most = distribution.Max - least > 1.6 * body && body > 0 ? distribution.P99 + (.15 * body) : Math.Max(distribution.Max, distribution.P99);
        foreach (var bound in targets.SelectMany(target => new[] { target.Least, target.Most }).OfType<double>())
        {
            var (wider, further) = (Math.Min(least, bound), Math.Max(most, bound));
            if (most - least >= LeastShare * (further - wider))
            {
                (least, most) = (wider, further);
            }
        }

        return (least, most);
    }

    private static List<(double Value, double? Share, string Text, string Class)> Marks(Metric metric, Scale x)
    {
        var distribution = metric.Distribution!;
        List<(double, double?, string, string)> marks =
        [
            (distribution.P50, 50, "p50 " + Number.Format(distribution.P50), "mark"),
            (distribution.P95, 95, "p95 " + Number.Format(distribution.P95), "mark"),
            (distribution.P99, 99, "p99 " + Number.Format(distribution.P99), "mark"),
        ];
        foreach (var outcome in TargetOutcome.Of(metric))
        {
            var kind = outcome.IsMet == true ? "target met" : "target missed";
            foreach (var (bound, sign) in new[] { (outcome.Target.Least, "≥"), (outcome.Target.Most, "≤") })
            {
                if (bound is { } value)
                {
                    var text = $"{outcome.Target.Of} {sign} {Number.Format(value)} {(outcome.IsMet == true ? "met" : "missed")}";
                    marks.Add((value, null, value > x.To ? text + " →" : value < x.From ? "← " + text : text, kind));
                }
            }
        }

        return marks;
    }

    private static IEnumerable<(double X, double Y)> Curve(IReadOnlyList<double> quantiles, Scale x, Scale y)
    {
        for (var i = 0; i < quantiles.Count && quantiles[i] <= x.To; i++)
        {
            yield return (x.At(quantiles[i]), y.At(100.0 * i / quantiles.Count)); // each is a step up
            yield return (x.At(quantiles[i]), y.At(100.0 * (i + 1) / quantiles.Count));
        }
    }
}
