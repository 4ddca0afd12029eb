using System.Globalization;
using LiveAvatar.Results;
using LiveAvatar.Results.Comparison;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary>Prints a comparison for people.</summary>
internal static class CompareTable
{
    public static void Print(RunComparison comparison)
    {
        Print("A", comparison.A);
        Print("B", comparison.B);
        foreach (var difference in comparison.Differences)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]Not the same:[/] {difference.What}: {difference.A} in A, {difference.B} in B");
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("perf " + Markup.Escape(comparison.Kind)).AddColumn(Figure(""))
            .AddColumn(Figure("A").RightAligned()).AddColumn(Figure("B").RightAligned()).AddColumn(Figure("B/A").RightAligned())
            .AddColumn(Figure("95 % range")).AddColumn(new TableColumn("").PadRight(0));
        var above = "";
        foreach (var figure in comparison.Figures)
        {
            table.AddRow(
                Markup.Escape(figure.Name == above ? "" : figure.Unit.Length == 0 ? figure.Title : $"{figure.Title}, {figure.Unit}"), figure.Of == "value" ? "" : figure.Of,
                Text(figure.A), Text(figure.B), figure.Ratio is { } ratio ? Ratio(ratio) : "", Range(figure), Words(figure));
            above = figure.Name;
        }

        AnsiConsole.Write(table);
        PrintNotes(comparison);
    }

    private static void Print(string letter, RunIdentity run) =>
        AnsiConsole.WriteLine($"{letter}: {run.Commit}, {run.Date.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}");

    private static void PrintNotes(RunComparison comparison)
    {
        var ranges = comparison.Figures.Count(figure => figure.DifferenceInterval is not null);
        if (comparison.Figures.Any(figure => figure.Basis == Basis.OneRun))
        {
            AnsiConsole.WriteLine($"¹ From the measurements within one run each. They are not independent of one another, so the range is too narrow, and less than {RunComparison.LeastPercent:F0} % counts as no difference. Repeats tell more.");
        }

        if (ranges > 0)
        {
            AnsiConsole.WriteLine($"Of {ranges} ranges about {Number.Format(Math.Ceiling(ranges * .05))} will miss the truth by chance alone: measure again what surprises.");
        }
    }

    private static string Range(FigureComparison figure) => (figure.RatioInterval, figure.DifferenceInterval) switch
    {
        ({ } ratio, _) => $"{Ratio(ratio.Low)} to {Ratio(ratio.High)}" + (figure.Basis == Basis.OneRun ? "¹" : ""),
        (null, { } difference) => $"by {Number.Format(difference.Low)} to {Number.Format(difference.High)}" + (figure.Basis == Basis.OneRun ? "¹" : ""),
        _ => "",
    };

    private static string Words(FigureComparison figure)
    {
        var words = figure.Verdict switch
        {
            Verdict.Better => "[green]better[/]",
            Verdict.Worse => "[red]worse[/]",
            Verdict.Different => "different",
            Verdict.NoDifference => "no difference seen",
            Verdict.OnlyInA => "only in A",
            Verdict.OnlyInB => "only in B",
            _ => "",
        };
        return figure.Note.Length == 0 ? words : words.Length == 0 ? Markup.Escape(figure.Note) : $"{words} ({Markup.Escape(figure.Note)})";
    }

    private static string Text(double? figure) => figure is { } value ? Number.Format(value) : "–";

    private static string Ratio(double ratio) => ratio.ToString(ratio < 10 ? "0.000" : "0.#", CultureInfo.InvariantCulture);

    private static TableColumn Figure(string title) => new TableColumn(title).NoWrap().PadRight(1);
}
