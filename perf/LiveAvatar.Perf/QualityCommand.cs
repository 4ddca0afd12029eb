using LiveAvatar.Results;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using LiveAvatar.CallKit;
using LiveAvatar.Quality;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary><c>perf quality</c>: measures what the pack hears, moves and draws, against held-out recordings.</summary>
internal static class QualityCommand
{
    private const string ClipVoice = "awb"; // of tests/vectors/quality/voices: a voice that no training heard
    private const int ClipSeconds = 20;

    public static Command Create()
    {
        var pack = new Option<string>("--pack") { Description = "Folder of the model pack [models/presenter]", DefaultValueFactory = _ => Checkout.At("models", "presenter"), HelpName = "FOLDER" };
        var name = new Option<string?>("--name") { Description = "Name of the result [the pack's name and version]", HelpName = "NAME" };
        var output = new Option<string>("--output") { Description = "Folder for the results [perf/quality]", DefaultValueFactory = _ => Checkout.At("perf", "quality"), HelpName = "FOLDER" };
        var smoke = new Option<bool>("--smoke") { Description = "Measure little, in half a minute, to see that it works" };
        var only = new Option<string[]>("--only") { Description = "Groups to measure: " + string.Join(", ", QualityRun.Groups) + " [all]", AllowMultipleArgumentsPerToken = true, HelpName = "GROUP" };
        only.AcceptOnlyFromAmong([.. QualityRun.Groups]);
        var sheets = new Option<bool>("--sheets") { Description = "Only the contact sheets" };
        var clip = new Option<bool>("--clip") { Description = $"Also render {ClipSeconds} s of each presenter speaking" };
        var quality = new Command("quality", "Measures the presenters: lips, faces, emotions, life, cost; writes a report with pictures") { pack, name, output, smoke, only, sheets, clip };
        quality.SetAction(parsed =>
        {
            try
            {
                var settings = new QualitySettings(
                    parsed.GetValue(pack)!, Checkout.At("tests", "vectors"), parsed.GetValue(output)!, parsed.GetValue(name) ?? NameOf(parsed.GetValue(pack)!),
                    parsed.GetValue(smoke), parsed.GetValue(sheets)) { Only = parsed.GetValue(only) ?? [] };
                var machine = Machine.Describe("");
                var result = Measure(settings, machine);
                if (!settings.SheetsOnly)
                {
                    QualityTable.Print(result);
                }

                var folder = Path.Combine(settings.Output, settings.Name);
                if (parsed.GetValue(clip))
                {
                    RenderClips(settings, folder);
                }

                AnsiConsole.WriteLine($"Written to {Path.GetRelativePath(Directory.GetCurrentDirectory(), folder)}{(settings.SheetsOnly ? "" : " (report.md) and " + settings.Name + ".json")}");
                return 0;
            }
            catch (Exception e) when (e is QualityException or CallKitException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine("perf: " + e.Message);
                return 1;
            }
        });
        return quality;
    }

    private static Quality.Report.QualityResult Measure(QualitySettings settings, Machine machine) =>
        AnsiConsole.Status().Start("Starting…", status => QualityRun.Measure(
            settings, Checkout.DescribeCommit(), $"{machine.Processor}, {machine.Cores} cores, load {machine.LoadAverage.ToString("F1", CultureInfo.InvariantCulture)} at start",
            text => status.Status(Markup.Escape(text) + "…"))); // into a log Spectre writes each as a line

    // The clips are made by the product's own renderer, as a user would make them.
    private static void RenderClips(QualitySettings settings, string folder)
    {
        var (server, voice) = (Checkout.At("src", "LiveAvatar.Server", "bin", "Release", "net10.0", "LiveAvatar.Server"), Path.Combine(folder, "clip.wav"));
        var samples = QualityRun.ReadVoice(Path.Combine(settings.Vectors, "quality", "voices", ClipVoice + ".opus"), out var rate);
        new WavFile(rate, samples[..(ClipSeconds * rate)]).Write(voice);
        foreach (var avatar in QualityRun.Avatars(settings.Pack))
        {
            AnsiConsole.WriteLine($"Rendering {avatar}…");
            var start = new ProcessStartInfo(server) { RedirectStandardError = true };
            foreach (var argument in (string[])["render", voice, "-o", Path.Combine(folder, $"clip-{avatar}.webm"), "--avatar", avatar, "--pack", settings.Pack])
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            var complaint = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new QualityException($"The clip of {avatar} was not rendered: {complaint.Trim()}");
            }
        }

        File.Delete(voice);
    }

    private static string NameOf(string pack) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(pack)));
}
