namespace LiveAvatar.Results.Html;

/// <summary>Writes how the main metrics went from run to run, where the same was measured several times.</summary>
internal static class ReportTrends
{
    private const int Most = 6; // of metrics without a target, when none has one

    public static void Write(HtmlWriter html, ReportedRun[] runs)
    {
        var groups = runs.GroupBy(run => run.TrendKey).Where(group => group.Count() > 1).ToArray();
        if (groups.Length == 0)
        {
            return;
        }

        html.Text("h2", "Trends");
        html.Text("p", "Runs with the same settings on the same kind of machine, oldest first; the pack may differ.", ("class", "quiet"));
        foreach (var group in groups)
        {
            RunResult[] results = [.. group.Select(run => run.Result).OrderBy(result => result.Date)];
            var newest = results[^1];
            html.Text("h3", $"perf {newest.Kind} on {newest.Machine.Processor}, {newest.Machine.Cores} cores, {newest.Provider}: {results.Length} runs");
            using var charts = html.Open("div", ("class", "charts"));
            foreach (var metric in MainOf(newest))
            {
                WriteTrend(html, results, metric);
            }
        }
    }

    private static void WriteTrend(HtmlWriter html, RunResult[] results, Metric metric)
    {
        RunResult[] having = [.. results.Where(result => result.Metrics.Any(other =>
            other.Name == metric.Name && other.Unit == metric.Unit && (other.Figure("value") ?? other.Figure("p50")) is not null && other.Value is null == metric.Value is null))];
        if (having.Length < 2)
        {
            return;
        }

        using (html.Open("figure", ("class", "card")))
        {
            html.Text("h4", metric.Title);
            TrendChart.Write(html, having, metric.Name);
            if (metric.Targets.Count > 0)
            {
                html.Text("p", "Wanted: " + string.Join(", ", TargetOutcome.Of(metric).Select(outcome => outcome.Wanted())), ("class", "note"));
            }
        }
    }

    private static IEnumerable<Metric> MainOf(RunResult result)
    {
        var measured = result.Metrics.Where(metric => (metric.Figure("value") ?? metric.Figure("p50")) is not null).ToArray();
        return measured.Any(metric => metric.Targets.Count > 0) ? measured.Where(metric => metric.Targets.Count > 0) : measured.Where(metric => metric.Better != Better.Neither).Take(Most);
    }
}
