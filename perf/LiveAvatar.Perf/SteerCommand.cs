using System.CommandLine;

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
            RunResults.Finish(result, parsed.GetValue(output));
        }));
        return command;
    }
}
