using System.CommandLine;
using System.Globalization;
using LiveAvatar.CallKit;
using LiveAvatar.Results;

namespace LiveAvatar.Perf.Soak;

/// <summary>perf soak: hours of calls that come and go.</summary>
internal static class SoakCommand
{
    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long [120]", DefaultValueFactory = _ => 120, HelpName = "N" };
        var sessions = new Option<int>("--sessions") { Description = "Calls at a time, each with a viewer [1]", DefaultValueFactory = _ => 1, HelpName = "N" };
        var stay = new Option<double>("--stay") { Description = "Seconds each call stays [20]", DefaultValueFactory = _ => 20, HelpName = "S" };
        var output = PerfCommand.Output();
        Within(minutes, 0.5, 10_000);
        Within(stay, 1, 3600);
        sessions.Validators.Add(result =>
        {
            if (result.GetValue(sessions) is < 1 or > 1000)
            {
                result.AddError("--sessions takes 1 to 1000.");
            }
        });
        var command = new Command("soak", "Lets calls come and go for hours: memory, handles, stuck sessions, lip sync over time") { minutes, sessions, stay, output };
        command.SetAction((parsed, _) => PerfCommand.RunAsync(async () =>
        {
            var settings = new SoakSettings(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(sessions), TimeSpan.FromSeconds(parsed.GetValue(stay)));
            var told = new Dictionary<string, string>
            {
                ["minutes"] = parsed.GetValue(minutes).ToString(CultureInfo.InvariantCulture),
                ["sessions"] = settings.Sessions.ToString(CultureInfo.InvariantCulture),
                ["stay"] = parsed.GetValue(stay).ToString(CultureInfo.InvariantCulture),
            };
            var result = await PerfCommand.ShowAsync("Starting the server…", async show =>
            {
                var machine = Machine.Describe("none");
                var server = await ServerProcess.StartAsync("--max-sessions", "1000").ConfigureAwait(false);
                await using (server.ConfigureAwait(false))
                {
                    var (metrics, series) = await new SoakBenchmark(server, settings, show).RunAsync().ConfigureAwait(false);
                    return RunResults.Of("soak", machine, server.Log, told, metrics) with { Series = series };
                }
            }).ConfigureAwait(false);
            RunResults.Finish(result, parsed.GetValue(output));
        }));
        return command;
    }

    private static void Within(Option<double> option, double least, double most) => option.Validators.Add(result =>
    {
        if (result.GetValue(option) is var value && !(value >= least && value <= most))
        {
            result.AddError($"{option.Name} takes {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}.");
        }
    });
}
