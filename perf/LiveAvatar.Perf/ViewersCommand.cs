using System.CommandLine;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary>perf viewers: what many viewers of one session cost, and whether one on a bad network disturbs the others.</summary>
internal static class ViewersCommand
{
    public static Command Create()
    {
        var seconds = PerfCommand.Seconds("Length of each part", 20, least: 3);
        var viewers = new Option<int>("--viewers") { Description = "How many watch [50]", DefaultValueFactory = _ => 50, HelpName = "N" };
        var rate = new Option<int>("--video-kbps") { Description = "Video bit rate [800]", DefaultValueFactory = _ => 800, HelpName = "KBPS" };
        var loss = new Option<double>("--loss") { Description = "Percent of its packets that one of them loses [10]", DefaultValueFactory = _ => 10, HelpName = "PERCENT" };
        var output = PerfCommand.Output();
        viewers.Validators.Add(result =>
        {
            if (result.GetValue(viewers) is < 2 or > 1000)
            {
                result.AddError("--viewers takes 2 to 1000.");
            }
        });
        var command = new Command("viewers", "Measures many viewers of one session: CPU of the fan-out, joining, loss") { seconds, viewers, rate, loss, output };
        command.SetAction((parsed, _) => PerfCommand.RunAsync(async () =>
        {
            var settings = new ViewersSettings(parsed.GetValue(viewers), parsed.GetValue(seconds), parsed.GetValue(rate), parsed.GetValue(loss));
            var result = await ViewersBenchmark.RunAsync(settings).ConfigureAwait(false);
            Print(result.Settings, result.Results);
            AnsiConsole.WriteLine($"Written to {result.Write(parsed.GetValue(output), "viewers")}");
        }));
        return command;
    }

    private static void Print(ViewersSettings settings, ViewersNumbers numbers)
    {
        var grid = new Grid().AddColumn().AddColumn();
        grid.AddRow($"fan-out to {settings.Viewers} viewers", $"{100 * numbers.FanOutCores:F1} % of one core ({1000 * numbers.FanOutCores / (settings.Viewers - 1):F2} % per ten viewers); server with one viewer {100 * numbers.CoresWithOne:F0} %");
        grid.AddRow("sent to each", $"{numbers.KilobitsPerViewer:F0} kbit/s");
        grid.AddRow("join to first picture", $"p50 {numbers.JoinToPicture.P50:F0}, p95 {numbers.JoinToPicture.P95:F0}, worst {numbers.JoinToPicture.Max:F0} ms");
        grid.AddRow("frames shown of those sent", $"{100 * numbers.ShownShare:F2} % by viewers without loss (worst {100 * numbers.WorstShownShare:F2} %), {100 * numbers.LossyShownShare:F1} % by the one that loses {settings.LossPercent:F0} %");
        grid.AddRow("between frames", $"p50 {numbers.FrameGap.P50:F1}, p95 {numbers.FrameGap.P95:F1}, p99 {numbers.FrameGap.P99:F1} ms");
        AnsiConsole.Write(grid);
    }
}
