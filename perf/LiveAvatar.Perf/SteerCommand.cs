using System.CommandLine;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary>perf steer: what open Steer streams cost, and how soon a command is answered.</summary>
internal static class SteerCommand
{
    public static Command Create()
    {
        var streams = new Option<int>("--streams") { Description = "Steer streams that are open and idle [1000]", DefaultValueFactory = _ => 1000, HelpName = "N" };
        var output = PerfCommand.Output();
        streams.Validators.Add(result =>
        {
            if (result.GetValue(streams) is < 1 or > 10_000)
            {
                result.AddError("--streams takes 1 to 10000.");
            }
        });
        var command = new Command("steer", "Measures how soon commands are seen and answered, and the memory of open Steer streams") { streams, output };
        command.SetAction((parsed, _) => PerfCommand.RunAsync(async () =>
        {
            var result = await SteerBenchmark.RunAsync(new SteerSettings(parsed.GetValue(streams))).ConfigureAwait(false);
            var grid = new Grid().AddColumn().AddColumn();
            grid.AddRow($"{result.Settings.Streams} open streams", $"{result.Results.StreamsMiB:F1} MiB more than before ({result.Results.BaseMiB:F0} MiB)");
            grid.AddRow("command to changed picture", $"p50 {result.Results.Shown.P50:F0}, p95 {result.Results.Shown.P95:F0}, worst {result.Results.Shown.Max:F0} ms");
            grid.AddRow("the same at a viewer", $"p50 {result.Results.ShownToViewer.P50:F0}, p95 {result.Results.ShownToViewer.P95:F0}, worst {result.Results.ShownToViewer.Max:F0} ms");
            grid.AddRow("command to answer", $"p50 {result.Results.Answer.P50:F1}, p95 {result.Results.Answer.P95:F1}, p99 {result.Results.Answer.P99:F1} ms");
            grid.AddRow("the same with all streams open", $"p50 {result.Results.AnswerAmongAll.P50:F1}, p95 {result.Results.AnswerAmongAll.P95:F1}, p99 {result.Results.AnswerAmongAll.P99:F1} ms");
            AnsiConsole.Write(grid);
            AnsiConsole.WriteLine($"Written to {result.Write(parsed.GetValue(output), "steer")}");
        }));
        return command;
    }
}
