using System.Globalization;

namespace LiveAvatar.Results.Html;

/// <summary>Writes all of one run.</summary>
internal static class RunSection
{
    public static void Write(HtmlWriter html, ReportedRun run, string anchor)
    {
        var result = run.Result;
        using var section = html.Open("section", ("id", anchor));
        html.Text("h2", $"perf {result.Kind}, {result.Date.ToString("d MMM yyyy", CultureInfo.InvariantCulture)}, {result.Commit}");
        WriteFacts(html, run);
        WriteMetrics(html, result.Metrics);
        if (result.Waterfall.Count > 0)
        {
            html.Text("h3", "The way of a frame");
            using var card = html.Open("div", ("class", "card"));
            WaterfallChart.Write(html, result.Waterfall);
        }

        WriteCharts(html, "How the measurements are spread", [.. result.Metrics.Where(metric => metric.Distribution is { Count: > 1 })], WriteDistribution);
        WriteCharts(html, "Over time and load", [.. result.Series.Where(series => series.X.Count > 0)], WriteSeries);
    }

    private static void WriteFacts(HtmlWriter html, ReportedRun run)
    {
        var result = run.Result;
        using (html.Open("div", ("class", "card facts")))
        {
            using (html.Open("dl"))
            {
                Fact("when", ReportPage.When(result.Date));
                Fact("commit", result.Commit + (result.Commit.EndsWith('+') ? " (with changes not committed)" : ""));
                Fact("machine", $"{result.Machine.Processor}, {result.Machine.Cores} {(result.Machine.Cores == 1 ? "core" : "cores")}");
                Fact("load at start", (result.Machine.LoadAverage < 0 ? "not known" : Number.Format(result.Machine.LoadAverage))
                    + (result.Machine.LoadAverage > result.Machine.Cores ? " – more than there are cores, so every number is noisy" : ""));
                Fact("pack", $"{result.Pack}, on {result.Provider}");
                Fact("file", run.File);
            }

            using (html.Open("dl"))
            {
                foreach (var (name, value) in result.Settings)
                {
                    Fact(name, value);
                }
            }
        }

        void Fact(string name, string value)
        {
            html.Text("dt", name);
            html.Text("dd", value);
        }
    }

    private static void WriteMetrics(HtmlWriter html, IReadOnlyList<Metric> metrics)
    {
        html.Text("h3", "Metrics");
        using (html.Open("div", ("class", "card table")))
        using (html.Open("table"))
        {
            ReportTable.WriteHead(html, "metric", "unit", "#value", "#p50", "#p95", "#p99", "#largest", "#count", "repeats", "target");
            using (html.Open("tbody"))
            {
                foreach (var metric in metrics)
                {
                    WriteMetric(html, metric);
                }
            }
        }
    }

    private static void WriteMetric(HtmlWriter html, Metric metric)
    {
        using var row = html.Open("tr");
        html.Text("td", metric.Title);
        html.Text("td", metric.Unit, ("data-of", metric.Unit.Length > 0 ? "unit" : null), ("class", "short"));
        foreach (var (of, column) in new[] { ("value", "value"), ("p50", "p50"), ("p95", "p95"), ("p99", "p99"), ("max", "largest") })
        {
            ReportTable.WriteNumber(html, column, metric.Figure(of));
        }

        ReportTable.WriteNumber(html, "count", metric.Distribution?.Count);
        html.Text(
            "td", metric.Repeats.Count == 0 ? "" : $"{metric.Repeats.Count}: {Number.Format(metric.Repeats.Min())} to {Number.Format(metric.Repeats.Max())}",
            ("data-of", metric.Repeats.Count == 0 ? null : "repeats"), ("class", "short"));
        if (metric.Targets.Count == 0)
        {
            html.Text("td", "");
            return;
        }

        using (html.Open("td", ("data-of", "target")))
        using (html.Open("div"))
        {
            foreach (var outcome in TargetOutcome.Of(metric))
            {
                using (html.Open("div"))
                {
                    html.Text(outcome.Wanted() + ": ");
                    ReportTable.WriteVerdict(html, outcome);
                }
            }
        }
    }

    private static void WriteCharts<T>(HtmlWriter html, string title, T[] items, Action<HtmlWriter, T> write)
    {
        if (items.Length == 0)
        {
            return;
        }

        html.Text("h3", title);
        using var charts = html.Open("div", ("class", "charts"));
        foreach (var item in items)
        {
            using (html.Open("figure", ("class", "card")))
            {
                write(html, item);
            }
        }
    }

    private static void WriteDistribution(HtmlWriter html, Metric metric)
    {
        html.Text("h4", metric.Title);
        var isCut = DistributionChart.Write(html, metric);
        html.Text(
            "p", $"{metric.Distribution!.Count} measurements, {Number.Format(metric.Distribution.Quantiles[0])} to {Number.Format(metric.Distribution.Max, metric.Unit)}, mean {Number.Format(metric.Distribution.Mean, metric.Unit)}" + (isCut ? "; the largest lie beyond the chart" : ""),
            ("class", "note"));
    }

    private static void WriteSeries(HtmlWriter html, Series series)
    {
        html.Text("h4", series.Title);
        SeriesChart.Write(html, series);
    }
}
