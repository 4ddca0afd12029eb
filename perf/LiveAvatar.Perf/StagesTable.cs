using LiveAvatar.Results;
using LiveAvatar.StageBench;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary>Prints what each stage costs.</summary>
internal static class StagesTable
{
    private const int LogWidth = 140; // columns: a file has no terminal to fit into

    public static void Print(StageReport report)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = LogWidth;
        }

        var table = new Table().AddColumns("", "one step", "mean", "p50", "p95", "error", "allocated", "budget", "");
        for (var column = 0; column < table.Columns.Count; column++)
        {
            table.Columns[column].NoWrap = column != 1;
            table.Columns[column].Alignment = column is >= 2 and <= 7 ? Justify.Right : Justify.Left;
        }

        foreach (var stage in report.Stages)
        {
            var times = Distribution.Of(stage.Milliseconds);
            table.AddRow(
                stage.Name, Markup.Escape(stage.Title), Time(times.Mean), Time(times.P50), Time(times.P95), "± " + Time(stage.ErrorMilliseconds),
                $"{stage.AllocatedBytes:F0} B", Time(stage.BudgetMilliseconds), Verdict(stage, times));
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"{report.Result.Pack} on {report.Result.Provider}; {report.Result.Machine.Processor}, {report.Result.Machine.Cores} cores, load {report.Result.Machine.LoadAverage:F1} at start");
    }

    // Times depend on the machine and what else it does: they only warn.
    private static string Verdict(StageMeasurement stage, Distribution times) =>
        stage.Fails ? "ALLOCATES" : times.P50 > stage.BudgetMilliseconds ? "over budget" : "";

    private static string Time(double milliseconds) => milliseconds switch
    {
        < 0.001 => $"{milliseconds * 1e6:F0} ns",
        < 1 => $"{milliseconds * 1e3:F1} µs",
        _ => $"{milliseconds:F2} ms",
    };
}
