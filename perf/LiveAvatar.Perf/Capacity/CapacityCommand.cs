using System.CommandLine;
using System.Globalization;
using LiveAvatar.CallKit;
using LiveAvatar.Results;

namespace LiveAvatar.Perf.Capacity;

/// <summary>perf capacity: how many calls, viewers and sessions of motion this machine carries.</summary>
internal static class CapacityCommand
{
    public static Command Create()
    {
        var seconds = PerfCommand.Seconds("Length of each step", 20, least: 2);
        var load = new Option<string>("--load") { Description = "calls, viewers, motion or all [all]", DefaultValueFactory = _ => "all", HelpName = "NAME" };
        load.AcceptOnlyFromAmong("calls", "viewers", "motion", "all");
        var most = new Option<int>("--most") { Description = "Stop raising each load here [400]", DefaultValueFactory = _ => 400, HelpName = "N" };
        var output = PerfCommand.Output();
        var command = new Command("capacity", "Raises the load until frames come late: calls, viewers, sessions of motion per core; CPU and memory of each")
        {
            seconds, load, most, output,
        };
        command.SetAction((parsed, _) => PerfCommand.RunAsync(async () =>
        {
            var machine = Machine.Describe("none");
            var metrics = new List<Metric>();
            var series = new List<Series>();
            var log = "";
            var wanted = parsed.GetValue(load)!;
            foreach (var name in (string[])["calls", "motion", "viewers"])
            {
                if (wanted == name || wanted == "all")
                {
                    var (found, lines, said) = await PerfCommand.ShowAsync($"Starting the server for {name}…", show =>
                        RampAsync(name, TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(most), show)).ConfigureAwait(false);
                    metrics.AddRange(found);
                    series.AddRange(lines);
                    log = said;
                }
            }

            var settings = new Dictionary<string, string>
            {
                ["load"] = wanted, ["seconds"] = parsed.GetValue(seconds).ToString(CultureInfo.InvariantCulture), ["most"] = parsed.GetValue(most).ToString(CultureInfo.InvariantCulture),
            };
            RunResults.Finish(RunResults.Of("capacity", machine, log, settings, metrics) with { Series = series }, parsed.GetValue(output));
        }));
        return command;
    }

    // Each load has a server of its own: what the one before left in memory is not counted.
    private static async Task<(IReadOnlyList<Metric> Metrics, IReadOnlyList<Series> Series, string Log)> RampAsync(string name, TimeSpan step, int most, Action<string> show)
    {
        var server = await ServerProcess.StartAsync("--max-sessions", "256", "--max-viewers", "5000", "--max-motion-sessions", "10000").ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            var (load, target) = name switch
            {
                "calls" => ((ILoad)new CallLoad(server), 2),
                "viewers" => (new ViewerLoad(server), 50),
                _ => (new MotionLoad(server), 40),
            };
            await using (load.ConfigureAwait(false))
            {
                var (metrics, series) = await new CapacityBenchmark(load, step, most).RunAsync($"capacity/{name}", server, target, show).ConfigureAwait(false);
                return (metrics, series, server.Log);
            }
        }
    }
}
