using System.Globalization;
using System.Text;
using System.Text.Json;
using LiveAvatar.Quality.Measures;

namespace LiveAvatar.Quality.Report;

/// <summary>Writes the report that people read.</summary>
public static class MarkdownReport
{
    internal static string Write(QualityResult result, TrainingTables training, IReadOnlyList<(string Title, string File)> pictures)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Quality of {result.Pack}");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{result.Passed} targets met, {result.Missed} missed, {result.NotMeasured} not measured. {result.Date:yyyy-MM-dd}, commit {result.Commit}, {result.Precision}, {result.Machine}, {result.Seconds:F0} s.");
        if (result.Smoke)
        {
            text.AppendLine("This was a smoke run: it shows that the command works, its numbers mean nothing.");
        }

        text.AppendLine("Made by `./liveavatar perf quality` in the product's own engine, on recordings that training never saw.");
        foreach (var group in result.Findings.GroupBy(finding => finding.Group))
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {group.Key}").AppendLine();
            text.AppendLine("| | value | target | | test set | note |").AppendLine("|---|---:|---:|---|---|---|");
            foreach (var finding in group)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {finding.Name} | {Value(finding)} | {Aim(finding)} | {Verdict(finding)} | {finding.Set} | {finding.Note} |");
            }
        }

        Tables(text, training);
        text.AppendLine().AppendLine("## Pictures");
        foreach (var (title, file) in pictures)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"### {title}").AppendLine().AppendLine(CultureInfo.InvariantCulture, $"![{title}]({file})");
        }

        text.AppendLine().AppendLine("## Test sets").AppendLine();
        foreach (var (name, source) in result.TestSets)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- `{name}`: {source}");
        }

        return text.ToString();
    }

    /// <summary>A finding's number with its unit.</summary>
    public static string Value(Finding finding) => finding.Value is not { } value ? "–" : Number(value) + (finding.Unit.Length > 0 ? " " + finding.Unit : "");

    /// <summary>A finding's target in signs.</summary>
    public static string Aim(Finding finding) => finding.Target switch
    {
        null => "",
        { Least: { } least, Most: { } most } => $"{Number(least)} … {Number(most)}",
        { Least: { } least } => $"≥ {Number(least)}",
        { Most: { } most } => $"≤ {Number(most)}",
        _ => "",
    };

    /// <summary>met, MISSED, not measured or nothing.</summary>
    public static string Verdict(Finding finding) => finding.Passed switch
    {
        true => "met",
        false => "**MISSED**",
        null => finding.Value is null ? "not measured" : "",
    };

    private static void Tables(StringBuilder text, TrainingTables training)
    {
        if (training.Tables.Count == 0 && training.Scores.Count == 0)
        {
            return;
        }

        text.AppendLine().AppendLine("## Measured in training").AppendLine()
            .AppendLine("Ablations and sweeps need the training data; these tables are as training published them beside the pack (`ablation.json`, `scores.json`).");
        foreach (var (title, rows) in training.Tables)
        {
            string[] columns = [.. rows.SelectMany(row => row.Keys).Distinct()];
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"### {title}").AppendLine()
                .AppendLine("| " + string.Join(" | ", columns) + " |").AppendLine("|" + string.Concat(Enumerable.Repeat("---|", columns.Length)));
            foreach (var row in rows)
            {
                text.AppendLine("| " + string.Join(" | ", columns.Select(column => row.TryGetValue(column, out var cell) ? Cell(cell) : "")) + " |");
            }
        }

        if (training.Scores.Count > 0)
        {
            text.AppendLine().AppendLine("<details><summary>All scores of training</summary>").AppendLine().AppendLine("| score | value |").AppendLine("|---|---:|");
            foreach (var (name, value) in training.Scores)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {Number(value)} |");
            }

            text.AppendLine().AppendLine("</details>");
        }
    }

    private static string Cell(JsonElement cell) => cell.ValueKind == JsonValueKind.Number ? Number(cell.GetDouble()) : cell.ToString();

    private static string Number(double value) => value != 0 && Math.Abs(value) < 0.001
        ? value.ToString("0.#e0", CultureInfo.InvariantCulture) : value.ToString(Math.Abs(value) >= 100 ? "0.#" : "0.####", CultureInfo.InvariantCulture);
}
