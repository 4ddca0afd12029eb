using System.CommandLine;
using System.Globalization;
using LiveAvatar.CallKit;

namespace LiveAvatar.Perf.Call;

/// <summary>perf call: a real browser call.</summary>
internal static class CallCommand
{
    private const int Connects = 10;
    private const int Onsets = 40;

    public static Command Create()
    {
        var seconds = PerfCommand.Seconds("Length of the measured call", 30, least: 5);
        var browser = new Option<string>("--browser") { Description = "chromium, firefox, or all that are installed [all]", DefaultValueFactory = _ => "all", HelpName = "NAME" };
        var codec = new Option<string>("--codec") { Description = "vp8, h264 or both [vp8]", DefaultValueFactory = _ => "vp8", HelpName = "NAME" };
        var playout = new Option<string>("--playout-delay") { Description = "on, off or both: whether the browser knows the extension [on]", DefaultValueFactory = _ => "on", HelpName = "NAME" };
        var repeats = new Option<int>("--repeats") { Description = "Measure everything so often, taking turns; 5 give an interval to compare by [1]", DefaultValueFactory = _ => 1, HelpName = "N" };
        var quick = new Option<bool>("--quick") { Description = "Fewer connections and vowels: a look, not a measurement" };
        var output = PerfCommand.Output();
        browser.AcceptOnlyFromAmong("chromium", "firefox", "all");
        codec.AcceptOnlyFromAmong("vp8", "h264", "both");
        playout.AcceptOnlyFromAmong("on", "off", "both");
        repeats.Validators.Add(result =>
        {
            if (result.GetValue(repeats) is < 1 or > 100)
            {
                result.AddError("--repeats takes 1 to 100.");
            }
        });
        var command = new Command("call", "Measures a real browser call: mic to photon two ways, voice, lip sync, frames, CPU, memory") { seconds, browser, codec, playout, repeats, quick, output };
        command.SetAction((parsed, _) => PerfCommand.RunAsync(async () =>
        {
            var less = parsed.GetValue(quick);
            var settings = new CallSettings(
                parsed.GetValue(seconds),
                parsed.GetValue(repeats),
                Variants(parsed.GetValue(browser)!, parsed.GetValue(codec)!, parsed.GetValue(playout)!),
                less ? 2 : Connects,
                less ? 6 : Onsets);
            var told = new Dictionary<string, string>
            {
                ["seconds"] = settings.Seconds.ToString(CultureInfo.InvariantCulture),
                ["repeats"] = settings.Repeats.ToString(CultureInfo.InvariantCulture),
                ["browser"] = parsed.GetValue(browser)!,
                ["codec"] = parsed.GetValue(codec)!,
                ["playoutDelay"] = parsed.GetValue(playout)!,
                ["connects"] = settings.Connects.ToString(CultureInfo.InvariantCulture),
                ["onsets"] = settings.Onsets.ToString(CultureInfo.InvariantCulture),
            };
            var run = await CallBenchmark.RunAsync(settings).ConfigureAwait(false);
            var metrics = new CallMetrics(run);
            RunResults.Finish(RunResults.Of("call", run.Machine, run.ServerLog, told, metrics.All()) with { Waterfall = metrics.Waterfall() }, parsed.GetValue(output));
        }));
        return command;
    }

    private static CallVariant[] Variants(string browser, string codec, string playout)
    {
        string[] codecs = codec == "both" ? ["vp8", "h264"] : [codec];
        bool[] delays = playout switch { "both" => [true, false], "off" => [false], _ => [true] };
        var variants = Browsers(browser)
            .SelectMany(name => codecs.Where(each => CanDecode(name, each)).SelectMany(each => delays.Select(delay => new CallVariant(name, each, delay))))
            .ToArray();
        return variants.Length > 0 ? variants : throw new CallKitException("Firefox has no H.264 decoder of its own. Measure --codec vp8, or Chromium.");
    }

    private static string[] Browsers(string asked)
    {
        if (asked != "all")
        {
            return [asked];
        }

        if (Firefox.Missing is not { } missing)
        {
            return ["chromium", "firefox"];
        }

        Console.WriteLine($"Only Chromium is measured. {missing}");
        return ["chromium"];
    }

    // Firefox fetches its H.264 decoder from Cisco when a person uses it; a fresh profile has none.
    private static bool CanDecode(string browser, string codec) => browser == "chromium" || codec == "vp8";
}
