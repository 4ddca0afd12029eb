using LiveAvatar.Quality.Report;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary>Prints a quality result for people: every target, and what was measured.</summary>
internal static class QualityTable
{
    public static void Print(QualityResult result)
    {
        foreach (var group in result.Findings.GroupBy(finding => finding.Group))
        {
            var table = new Table().Title(group.Key).AddColumns("", "value", "target", "", "test set");
            foreach (var finding in group)
            {
                table.AddRow(
                    Markup.Escape(finding.Name), Markup.Escape(MarkdownReport.Value(finding)), Markup.Escape(MarkdownReport.Aim(finding)),
                    Markup.Escape(MarkdownReport.Verdict(finding).Trim('*')), Markup.Escape(finding.Value is null ? finding.Note : finding.Set));
            }

            AnsiConsole.Write(table);
        }

        AnsiConsole.WriteLine($"{result.Passed} targets met, {result.Missed} missed, {result.NotMeasured} not measured; {result.Seconds:F0} s");
    }
}
