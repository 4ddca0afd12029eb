using System.CommandLine;
using LiveAvatar.CallKit;
using LiveAvatar.Perf;
using Microsoft.Playwright;
using Spectre.Console;

var seconds = new Option<int>("--seconds") { Description = "Length of the measured call [30]", DefaultValueFactory = _ => 30, HelpName = "N" };
var codec = new Option<string>("--codec") { Description = "vp8 or h264 [vp8]", DefaultValueFactory = _ => "vp8", HelpName = "NAME" };
var output = new Option<string?>("--output") { Description = "Result file [perf/results/call-COMMIT-CODEC.local.json]", HelpName = "FILE" };
codec.AcceptOnlyFromAmong("vp8", "h264");
seconds.Validators.Add(result =>
{
    if (result.GetValue(seconds) is < 10 or > 3600)
    {
        result.AddError("--seconds takes 10 to 3600.");
    }
});

var call = new Command("call", "Measures a real browser call: latency, frames, CPU, memory") { seconds, codec, output };
call.SetAction(async (parsed, _) =>
{
    try
    {
        var settings = new CallSettings(parsed.GetValue(seconds), parsed.GetValue(codec)!);
        var result = await CallBenchmark.RunAsync(settings).ConfigureAwait(false);
        ResultTable.Print(result);
        var path = parsed.GetValue(output) ?? Checkout.At("perf", "results", $"call-{result.Commit.TrimEnd('+')}-{settings.Codec}.local.json");
        result.Write(path);
        AnsiConsole.WriteLine($"Written to {Path.GetRelativePath(Directory.GetCurrentDirectory(), path)}");
        return 0;
    }
    catch (Exception e) when (e is CallKitException or PlaywrightException)
    {
        await Console.Error.WriteLineAsync("perf: " + e.Message).ConfigureAwait(false);
        return 1;
    }
});

return await new RootCommand("LiveAvatar's measurements") { call, QualityCommand.Create() }.Parse(args).InvokeAsync().ConfigureAwait(false);
