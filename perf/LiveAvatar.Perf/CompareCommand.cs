using System.CommandLine;
using LiveAvatar.Results;
using LiveAvatar.Results.Comparison;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary><c>perf compare</c>: two results of the same command, figure by figure.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var first = new Argument<string>("A") { Description = "Result to compare with" };
        var second = new Argument<string>("B") { Description = "Result to compare" };
        var json = new Option<string?>("--json") { Description = "Also write the comparison to a file", HelpName = "FILE" };
        var failAbove = new Option<double?>("--fail-above") { Description = "Exit with 1 when a figure got worse, beyond doubt and by more than so many percent", HelpName = "PERCENT" };
        failAbove.Validators.Add(result =>
        {
            if (result.GetValue(failAbove) is { } percent && !(percent >= 0))
            {
                result.AddError("--fail-above takes 0 or more.");
            }
        });
        var compare = new Command("compare", "Compares two results: what got better, what worse, and what cannot be told") { first, second, json, failAbove };
        compare.SetAction(parsed =>
        {
            try
            {
                var comparison = RunComparison.Of(RunResult.Read(parsed.GetValue(first)!), RunResult.Read(parsed.GetValue(second)!));
                CompareTable.Print(comparison);
                if (parsed.GetValue(json) is { } path)
                {
                    comparison.Write(path);
                    AnsiConsole.WriteLine($"Written to {path}");
                }

                return parsed.GetValue(failAbove) is { } percent ? Judge(comparison, percent) : 0;
            }
            catch (ResultFileException e)
            {
                Console.Error.WriteLine("perf: " + e.Message);
                return 1;
            }
        });
        return compare;
    }

    private static int Judge(RunComparison comparison, double percent)
    {
        var worse = comparison.WorseThan(percent);
        if (worse.Count == 0)
        {
            return 0;
        }

        Console.Error.WriteLine($"perf: worse by more than {Number.Format(percent)} %: " + string.Join(", ", worse.Select(figure => $"{figure.Name} {figure.Of}")));
        return 1;
    }
}
