using System.Globalization;

namespace LiveAvatar.Results.Html;

/// <summary>Draws one metric over several runs, in the order of their dates.</summary>
internal static class TrendChart
{
    private const double Top = 26, PlotHeight = 150, Right = 12, Labels = 38;
    private const double LeastShare = .3; // of the height that the figures keep when a far target is to be shown too

    /// <summary>Draws it.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="runs">By date; at least two that have the metric.</param>
    /// <param name="name">Of the metric.</param>
    public static void Write(HtmlWriter html, IReadOnlyList<RunResult> runs, string name)
    {
        var points = runs.Select(run => (Run: run, Metric: run.Metrics.First(metric => metric.Name == name))).ToArray();
        var newest = points[^1].Metric;
        var second = newest.Targets.Any(target => target.Of == "p99") && !newest.Targets.Any(target => target.Of == "p95") ? "p99" : "p95";
        var figures = ((string[])["value", "p50", second]).Where(of => points.All(point => point.Metric.Figure(of) is not null)).ToArray();
        var targets = TargetOutcome.Of(newest).Where(outcome => figures.Contains(outcome.Target.Of)).ToArray();
        var y = Upwards([.. figures.SelectMany(of => points.Select(point => point.Metric.Figure(of)!.Value)), .. points.SelectMany(point => point.Metric.Repeats)], targets);
        var left = ChartFrame.LeftOf(y);
        var x = new Scale(-.5, points.Length - .5, left, ChartFrame.Width - Right);

        using (html.Open("svg", ("viewBox", $"0 0 {ChartFrame.Width} {Top + PlotHeight + Labels}"), ("role", "img"), ("aria-label", Describe(newest, points.Length, figures))))
        {
            new ChartFrame(x, y, "", string.Join(", ", new[] { newest.Unit, string.Join(" and ", figures.Where(of => of != "value").Select(of => of == second ? second + " (dashed)" : of)) }.Where(text => text.Length > 0))).Draw(html, xTicks: false);
            WriteTargets(html, targets, x, y);
            foreach (var of in figures)
            {
                html.Empty("polyline", ("class", of == second ? "curve second" : "curve"), ("points", ChartFrame.Points(points.Select((point, i) => (x.At(i), y.At(point.Metric.Figure(of)!.Value))))));
                for (var i = 0; i < points.Length; i++)
                {
                    WritePoint(html, points[i].Run, points[i].Metric, of, x.At(i), y);
                }
            }

            WriteCommits(html, runs, x, y.Start);
        }
    }

    private static Scale Upwards(double[] values, TargetOutcome[] targets)
    {
        var (least, most) = (values.Min(), values.Max());
        foreach (var bound in targets.SelectMany(outcome => new[] { outcome.Target.Least, outcome.Target.Most }).OfType<double>())
        {
            var (lower, higher) = (Math.Min(least, bound), Math.Max(most, bound));
            if (most - least >= LeastShare * (higher - lower))
            {
                (least, most) = (lower, higher);
            }
        }

        return Scale.Around(least, most, Top + PlotHeight, Top);
    }

    private static void WriteTargets(HtmlWriter html, TargetOutcome[] targets, Scale x, Scale y)
    {
        var above = double.PositiveInfinity; // of the label before
        foreach (var (outcome, bound, sign) in targets
            .SelectMany(outcome => new[] { (outcome, outcome.Target.Least, "≥"), (outcome, outcome.Target.Most, "≤") })
            .Where(line => line.Item2 >= y.From && line.Item2 <= y.To)
            .OrderBy(line => line.Item2))
        {
            var (at, kind) = (y.At(bound!.Value), outcome.IsMet == true ? "target met" : "target missed");
            html.Empty("line", ("class", kind), ("x1", x.Start), ("x2", x.End), ("y1", at), ("y2", at));
            if (above - at >= TextSize.Font + 2)
            {
                var of = outcome.Target.Of == "value" ? "" : outcome.Target.Of + " ";
                html.Text("text", $"wanted {of}{sign} {Number.Format(bound.Value)}", ("class", "label " + kind), ("x", x.End), ("y", at - 4), ("text-anchor", "end"));
                above = at;
            }
        }
    }

    private static void WritePoint(HtmlWriter html, RunResult run, Metric metric, string of, double at, Scale y)
    {
        if (of is "value" or "p50" && metric.Repeats.Count > 1)
        {
            html.Empty("line", ("class", "whisker"), ("x1", at), ("x2", at), ("y1", y.At(metric.Repeats.Min())), ("y2", y.At(metric.Repeats.Max())));
        }

        using (html.Open("circle", ("class", of is "value" or "p50" ? "dot" : "dot second"), ("cx", at), ("cy", y.At(metric.Figure(of)!.Value)), ("r", 3.5)))
        {
            html.Text("title", $"{run.Commit}, {Day(run)}: {(of == "value" ? "" : of + " ")}{Number.Format(metric.Figure(of)!.Value, metric.Unit)}");
        }
    }

    // The newest is always named, then as many as have room.
    private static void WriteCommits(HtmlWriter html, IReadOnlyList<RunResult> runs, Scale x, double bottom)
    {
        var free = double.PositiveInfinity;
        for (var i = runs.Count - 1; i >= 0; i--)
        {
            var commit = runs[i].Commit is { Length: > 7 } full ? full[..7] : runs[i].Commit;
            var half = Math.Max(TextSize.Measure(commit), TextSize.Measure(Day(runs[i]))) / 2;
            var at = Math.Clamp(x.At(i), half, ChartFrame.Width - half);
            html.Empty("line", ("class", "axis"), ("x1", x.At(i)), ("x2", x.At(i)), ("y1", bottom), ("y2", bottom + 4));
            if (at + half + 6 <= free)
            {
                html.Text("text", commit, ("class", "tick"), ("x", at), ("y", bottom + 18), ("text-anchor", "middle"));
                html.Text("text", Day(runs[i]), ("class", "tick"), ("x", at), ("y", bottom + 33), ("text-anchor", "middle"));
                free = at - half;
            }
        }
    }

    private static string Describe(Metric newest, int runs, string[] figures) =>
        $"{newest.Title} of {runs} runs; in the newest " + string.Join(", ", figures.Select(of => $"{of} {Number.Format(newest.Figure(of)!.Value, newest.Unit)}"));

    private static string Day(RunResult run) => run.Date.ToString("d MMM", CultureInfo.InvariantCulture);
}
