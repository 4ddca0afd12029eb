using System.CommandLine;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary>perf call: a real browser call.</summary>
internal static class CallCommand
{
    public static Command Create()
    {
        var seconds = PerfCommand.Seconds("Length of the measured call", 30, least: 10);
        var codec = new Option<string>("--codec") { Description = "vp8 or h264 [vp8]", DefaultValueFactory = _ => "vp8", HelpName = "NAME" };
        var output = PerfCommand.Output();
        codec.AcceptOnlyFromAmong("vp8", "h264");
        var command = new Command("call", "Measures a real browser call: latency, frames, CPU, memory") { seconds, codec, output };
        command.SetAction((parsed, _) => PerfCommand.RunAsync(async () =>
        {
            var settings = new CallSettings(parsed.GetValue(seconds), parsed.GetValue(codec)!);
            var result = await CallBenchmark.RunAsync(settings).ConfigureAwait(false);
            CallTable.Print(result);
            AnsiConsole.WriteLine($"Written to {result.Write(parsed.GetValue(output), $"call-{settings.Codec}")}");
        }));
        return command;
    }
}
