using LiveAvatar.CallKit;
using LiveAvatar.Results;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary>Makes results, and shows them to people.</summary>
internal static class RunResults
{
    /// <summary>Puts findings together with where they come from.</summary>
    /// <param name="kind">The command.</param>
    /// <param name="machine">As it was before the run.</param>
    /// <param name="serverLog">The server's start-up lines.</param>
    /// <param name="settings">What was asked for, by option.</param>
    /// <param name="metrics">What was found.</param>
    public static RunResult Of(string kind, Machine machine, string serverLog, IReadOnlyDictionary<string, string> settings, IReadOnlyList<Metric> metrics)
    {
        var (pack, provider) = ServerIdentity.Read(serverLog);
        return new RunResult
        {
            Kind = kind,
            Date = TimeProvider.System.GetUtcNow(),
            Commit = Checkout.DescribeCommit(),
            Machine = machine,
            Pack = pack,
            Provider = provider,
            Settings = settings,
            Metrics = metrics,
        };
    }

    /// <summary>At most so much.</summary>
    public static Target Most(double limit, string of = "value") => new(of, null, limit);

    /// <summary>At least so much.</summary>
    public static Target Least(double limit, string of = "value") => new(of, limit, null);

    /// <summary>Prints every metric and what was wanted of it, then writes the file and says where.</summary>
    public static void Finish(RunResult result, string? path)
    {
        var table = new Table().AddColumn("").AddColumns("n", "p50", "p95", "p99", "max", "wanted");
        for (var i = 1; i < 6; i++)
        {
            table.Columns[i].RightAligned();
        }

        foreach (var metric in result.Metrics)
        {
            var title = Markup.Escape(metric.Unit.Length > 0 ? $"{metric.Title}, {metric.Unit}" : metric.Title);
            var wanted = string.Join(", ", metric.Targets.Select(target => Wanted(metric, target)));
            table.AddRow(metric.Distribution is { } many
                ? [title, $"{many.Count}", Text(many.P50), Text(many.P95), Text(many.P99), Text(many.Max), wanted]
                : [title, "", Text(metric.Value ?? 0), "", "", "", wanted]);
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"{result.Machine.Processor}, {result.Machine.Cores} cores, load {result.Machine.LoadAverage:F1} at the start; {result.Pack}, {result.Provider}, commit {result.Commit}");
        AnsiConsole.WriteLine($"Written to {result.Write(path)}. A page of it: ./liveavatar perf report");
    }

    private static string Wanted(Metric metric, Target target)
    {
        var bounds = string.Join(" and ", new[] { target.Least is { } least ? $"≥ {least:0.###}" : "", target.Most is { } most ? $"≤ {most:0.###}" : "" }.Where(part => part.Length > 0));
        var text = target.Of == "value" ? bounds : $"{target.Of} {bounds}";
        return metric.Figure(target.Of) is { } figure && !target.IsMetBy(figure) ? $"[red]{text}: missed[/]" : text;
    }

    private static string Text(double value) => Math.Abs(value) >= 100 ? $"{value:F0}" : Math.Abs(value) >= 10 ? $"{value:F1}" : $"{value:0.###}";
}
