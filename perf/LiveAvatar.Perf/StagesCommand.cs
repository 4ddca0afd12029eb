using System.CommandLine;
using LiveAvatar.CallKit;
using LiveAvatar.StageBench;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary>perf stages: each stage of the pipeline alone.</summary>
internal static class StagesCommand
{
    public static Command Create()
    {
        var smoke = new Option<bool>("--smoke") { Description = "A few steps of each, in seconds: allocations, no times to speak of" };
        var thorough = new Option<bool>("--thorough") { Description = "Ten times as many steps, for the tails" };
        var filter = new Option<string>("--filter") { Description = "Only stages with this in their names [all]", DefaultValueFactory = _ => "", HelpName = "TEXT" };
        var pack = new Option<string>("--pack") { Description = "Folder of the model pack [models/presenter]", DefaultValueFactory = _ => Checkout.At("models", "presenter"), HelpName = "FOLDER" };
        var provider = new Option<string>("--provider") { Description = "What runs the models: auto, cpu, cuda or tensorrt [auto]", DefaultValueFactory = _ => "auto", HelpName = "NAME" };
        var output = new Option<string?>("--output") { Description = "Result file [perf/results/stages-COMMIT.local.json]", HelpName = "FILE" };
        provider.AcceptOnlyFromAmong("auto", "cpu", "cuda", "tensorrt");
        var command = new Command("stages", "Measures each stage alone, with allocations; what it gives is checked first") { smoke, thorough, filter, pack, provider, output };
        command.Validators.Add(result =>
        {
            if (result.GetValue(smoke) && result.GetValue(thorough))
            {
                result.AddError("--smoke and --thorough exclude each other.");
            }
        });
        command.SetAction(parsed =>
        {
            var effort = parsed.GetValue(smoke) ? Effort.Smoke : parsed.GetValue(thorough) ? Effort.Thorough : Effort.Short;
            return Run(
                new StageSettings(
                    parsed.GetValue(pack)!, Checkout.At("tests", "vectors", "voices", "human.wav"), parsed.GetValue(provider)!, effort,
                    parsed.GetValue(filter)!, Checkout.At("out", "stages")),
                parsed.GetValue(output));
        });
        return command;
    }

    // Lines and no spinner: what a spinner allocates would be counted as the stage's.
    private static int Run(StageSettings settings, string? output)
    {
        try
        {
            var report = StageRun.Measure(settings, text => AnsiConsole.WriteLine(text + "…"));
            StagesTable.Print(report);
            AnsiConsole.WriteLine($"Written to {report.Result.Write(output)}");
            var failures = report.Failures.Select(stage => stage.Name).ToList();
            if (failures.Count > 0)
            {
                Console.Error.WriteLine($"perf: these stages allocate managed memory: {string.Join(", ", failures)}");
            }

            return failures.Count > 0 ? 1 : 0;
        }
        catch (Exception e) when (e is StageException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine("perf: " + e.Message);
            return 1;
        }
    }
}
