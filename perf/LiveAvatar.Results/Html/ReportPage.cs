using System.Globalization;

namespace LiveAvatar.Results.Html;

/// <summary>Writes results as one page for people: no network, no scripts, its pictures drawn in place.</summary>
public static class ReportPage
{
    /// <summary>The page.</summary>
    /// <param name="input">What it shows.</param>
    /// <param name="now">When it is made.</param>
    public static string Write(ReportInput input, DateTimeOffset now)
    {
        // By command, then the newest first.
        ReportedRun[] runs = [.. input.Runs.OrderBy(run => run.Result.Kind, StringComparer.Ordinal).ThenByDescending(run => run.Result.Date)];
        var html = new HtmlWriter();
        html.Raw("<!DOCTYPE html>\n");
        using (html.Open("html", ("lang", "en")))
        {
            WriteHead(html);
            using (html.Open("body"))
            {
                WaterfallChart.WritePatterns(html);
                ReportHeader.Write(html, runs, now);
                ReportSummary.Write(html, runs);
                ReportTrends.Write(html, runs);
                for (var i = 0; i < runs.Length; i++)
                {
                    RunSection.Write(html, runs[i], AnchorOf(i));
                }

                WriteSkipped(html, input.Skipped);
            }
        }

        return html.ToString();
    }

    internal static string AnchorOf(int run) => "run-" + (run + 1).ToString(CultureInfo.InvariantCulture);

    internal static string When(DateTimeOffset date) => date.ToString(date.Offset == TimeSpan.Zero ? "d MMM yyyy, HH:mm 'UTC'" : "d MMM yyyy, HH:mm zzz", CultureInfo.InvariantCulture);

    private static void WriteHead(HtmlWriter html)
    {
        using var head = html.Open("head");
        html.Empty("meta", ("charset", "utf-8"));
        html.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        html.Text("title", "LiveAvatar: measurements");
        using (html.Open("style"))
        using (var css = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")!))
        {
            html.Raw(css.ReadToEnd());
        }
    }

    private static void WriteSkipped(HtmlWriter html, IReadOnlyList<SkippedFile> skipped)
    {
        if (skipped.Count == 0)
        {
            return;
        }

        html.Text("h2", "Files not shown");
        using (html.Open("ul", ("class", "quiet")))
        {
            foreach (var file in skipped)
            {
                html.Text("li", $"{file.File}: {file.Reason}");
            }
        }
    }
}
