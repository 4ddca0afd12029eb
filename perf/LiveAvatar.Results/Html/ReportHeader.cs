namespace LiveAvatar.Results.Html;

/// <summary>Writes the head of a report: what was measured, when and on what.</summary>
internal static class ReportHeader
{
    public static void Write(HtmlWriter html, ReportedRun[] runs, DateTimeOffset now)
    {
        using var header = html.Open("header");
        html.Text("h1", "LiveAvatar: measurements");
        html.Text("p", $"{runs.Length} {(runs.Length == 1 ? "run" : "runs")} of perf {string.Join(", ", runs.Select(run => run.Result.Kind).Distinct())}; page made {ReportPage.When(now)}", ("class", "quiet"));
        using (html.Open("div", ("class", "card")))
        {
            WriteFacts(html, runs);
        }

        html.Text("h2", "Runs");
        using (html.Open("div", ("class", "card table")))
        using (html.Open("table"))
        {
            ReportTable.WriteHead(html, "run", "when", "commit", "pack", "targets");
            using (html.Open("tbody"))
            {
                for (var i = 0; i < runs.Length; i++)
                {
                    WriteRow(html, runs[i].Result, ReportPage.AnchorOf(i));
                }
            }
        }
    }

    private static void WriteFacts(HtmlWriter html, ReportedRun[] runs)
    {
        using (html.Open("dl"))
        {
            Fact("machine", result => $"{result.Machine.Processor}, {result.Machine.Cores} {(result.Machine.Cores == 1 ? "core" : "cores")}, {Number.Format(result.Machine.MemoryGiB)} GiB");
            Fact("system", result => $"{result.Machine.System}, {result.Machine.Runtime}");
            Fact("browser", result => result.Machine.Browser);
            Fact("pack", result => result.Pack);
            Fact("models run on", result => result.Provider);
            Fact("commit", result => result.Commit);
        }

        void Fact(string name, Func<RunResult, string> of)
        {
            html.Text("dt", name);
            html.Text("dd", string.Join("; ", runs.Select(run => of(run.Result)).Distinct()));
        }
    }

    private static void WriteRow(HtmlWriter html, RunResult result, string anchor)
    {
        using var row = html.Open("tr");
        using (html.Open("td"))
        {
            html.Text("a", "perf " + result.Kind, ("href", "#" + anchor));
        }

        html.Text("td", ReportPage.When(result.Date), ("data-of", "when"));
        html.Text("td", result.Commit, ("data-of", "commit"));
        html.Text("td", result.Pack, ("data-of", "pack"));
        var outcomes = TargetOutcome.Of(result);
        var missed = outcomes.Count(outcome => outcome.IsMet == false);
        html.Text(
            "td", outcomes.Count == 0 ? "none set" : missed == 0 ? $"{outcomes.Count(outcome => outcome.IsMet == true)} of {outcomes.Count} met" : $"{missed} of {outcomes.Count} missed",
            ("data-of", "targets"), ("class", outcomes.Count == 0 ? "quiet" : missed == 0 ? "met" : "missed"));
    }
}
