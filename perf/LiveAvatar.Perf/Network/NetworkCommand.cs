using System.CommandLine;
using System.Globalization;
using LiveAvatar.CallKit;
using LiveAvatar.Results;

namespace LiveAvatar.Perf.Network;

/// <summary>perf network: what loss, delay, jitter, outages and narrow links do to a call.</summary>
internal static class NetworkCommand
{
    public static Command Create()
    {
        var seconds = PerfCommand.Seconds("Length of each call", 15, least: 3);
        var filter = new Option<string>("--filter") { Description = "Only conditions whose names contain this, such as loss5, rtt50, outage, bandwidth [all]", DefaultValueFactory = _ => "", HelpName = "TEXT" };
        var seed = new Option<int>("--seed") { Description = "Seed of what is lost and delayed [1]", DefaultValueFactory = _ => 1, HelpName = "N" };
        var output = PerfCommand.Output();
        var command = new Command("network", "Measures browser calls through a bad network: loss, bursts, delay, jitter, outage, bandwidth steps") { seconds, filter, seed, output };
        command.SetAction((parsed, _) => PerfCommand.RunAsync(async () =>
        {
            var settings = new Dictionary<string, string>
            {
                ["seconds"] = parsed.GetValue(seconds).ToString(CultureInfo.InvariantCulture),
                ["filter"] = parsed.GetValue(filter)!,
                ["seed"] = parsed.GetValue(seed).ToString(CultureInfo.InvariantCulture),
            };
            var result = await PerfCommand.ShowAsync("Starting Chromium…", async show =>
            {
                var browser = await Chromium.LaunchAsync().ConfigureAwait(false);
                await using (browser.ConfigureAwait(false))
                {
                    var machine = Machine.Describe(browser.Version);
                    var server = await ServerProcess.StartAsync().ConfigureAwait(false);
                    await using (server.ConfigureAwait(false))
                    {
                        var benchmark = new NetworkBenchmark(server, browser, parsed.GetValue(seconds), parsed.GetValue(seed), show);
                        var (metrics, series) = await benchmark.RunAsync(parsed.GetValue(filter)!).ConfigureAwait(false);
                        return RunResults.Of("network", machine, server.Log, settings, metrics) with { Series = series };
                    }
                }
            }).ConfigureAwait(false);
            RunResults.Finish(result, parsed.GetValue(output));
        }));
        return command;
    }
}
