using System.CommandLine;

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
            RunResults.Finish(result, parsed.GetValue(output));
        }));
        return command;
    }
}
