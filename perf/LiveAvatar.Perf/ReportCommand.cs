using System.CommandLine;
using LiveAvatar.CallKit;
using LiveAvatar.Results;
using LiveAvatar.Results.Html;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary><c>perf report</c>: results as one page with tables and pictures.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("FILES") { Description = "Results, or folders of them [perf/results]", Arity = ArgumentArity.ZeroOrMore };
        var output = new Option<string>("--output") { Description = "The page [out/perf-report.html]", DefaultValueFactory = _ => Checkout.At("out", "perf-report.html"), HelpName = "FILE" };
        var report = new Command("report", "Shows results on one page: targets, distributions, where the time goes, trends") { paths, output };
        report.SetAction(parsed =>
        {
            try
            {
                var input = ReportInput.Read(parsed.GetValue(paths) is { Length: > 0 } given ? given : [Checkout.At("perf", "results")]);
                foreach (var file in input.Skipped)
                {
                    AnsiConsole.WriteLine($"Skipped {file.File}: {file.Reason}");
                }

                var path = parsed.GetValue(output)!;
                ResultFile.Write(path, ReportPage.Write(input, TimeProvider.System.GetUtcNow()));
                AnsiConsole.WriteLine($"{input.Runs.Count} {(input.Runs.Count == 1 ? "run" : "runs")} written to {Path.GetRelativePath(Directory.GetCurrentDirectory(), path)}");
                return 0;
            }
            catch (ResultFileException e)
            {
                Console.Error.WriteLine("perf: " + e.Message);
                return 1;
            }
        });
        return report;
    }
}
