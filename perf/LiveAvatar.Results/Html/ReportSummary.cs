namespace LiveAvatar.Results.Html;

/// <summary>Writes what was wanted and what came of it, in the newest run of each measurement.</summary>
internal static class ReportSummary
{
    public static void Write(HtmlWriter html, ReportedRun[] runs)
    {
        (ReportedRun Run, int Index)[] newest = [.. runs.Select((run, i) => (run, i)).DistinctBy(run => run.run.TrendKey)]; // the newest comes first
        var outcomes = newest.SelectMany(run => TargetOutcome.Of(run.Run.Result)).ToArray();
        if (outcomes.Length == 0)
        {
            return;
        }

        html.Text("h2", "Targets");
        var missed = outcomes.Count(outcome => outcome.IsMet == false);
        var open = outcomes.Count(outcome => outcome.IsMet is null);
        html.Text(
            "p", $"{outcomes.Length - missed - open} of {outcomes.Length} targets met, {missed} missed" + (open > 0 ? $", {open} not measured" : "") + ".",
            ("class", "lead " + (missed > 0 ? "missed" : "met")));
        if (newest.Length < runs.Length)
        {
            html.Text("p", "Of runs with the same settings on the same kind of machine, the newest counts.", ("class", "quiet"));
        }

        using (html.Open("div", ("class", "card table")))
        using (html.Open("table"))
        {
            ReportTable.WriteHead(html, "metric", "run", "wanted", "#measured", "result");
            using (html.Open("tbody"))
            {
                foreach (var (run, index) in newest)
                {
                    foreach (var outcome in TargetOutcome.Of(run.Result))
                    {
                        WriteRow(html, run.Result.Kind, ReportPage.AnchorOf(index), outcome);
                    }
                }
            }
        }
    }

    private static void WriteRow(HtmlWriter html, string kind, string anchor, TargetOutcome outcome)
    {
        using var row = html.Open("tr");
        html.Text("td", outcome.Metric.Title);
        using (html.Open("td", ("data-of", "run")))
        {
            html.Text("a", kind, ("href", "#" + anchor));
        }

        html.Text("td", outcome.Wanted(), ("data-of", "wanted"));
        html.Text("td", outcome.Figure is { } figure ? Number.Format(figure, outcome.Metric.Unit) : "–", ("data-of", "measured"), ("class", "number"));
        using (html.Open("td", ("data-of", "result")))
        {
            ReportTable.WriteVerdict(html, outcome);
        }
    }
}
