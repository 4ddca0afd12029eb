namespace LiveAvatar.Results.Tests;

/// <summary>Results as a command would write them.</summary>
internal static class Samples
{
    public static Machine Machine { get; } = new("A processor", 2, 23.5, "A system", ".NET", "A browser", 0.5);

    public static RunResult Run(params Metric[] metrics) => new()
    {
        Kind = "call", Date = new DateTimeOffset(2026, 11, 28, 11, 30, 0, TimeSpan.Zero), Commit = "015c9644bb10", Machine = Machine,
        Pack = "presenter 0.3.0", Provider = "Cpu", Settings = new Dictionary<string, string> { ["seconds"] = "60" }, Metrics = metrics,
    };

    /// <summary>A run with everything a file can hold.</summary>
    public static RunResult Full() => Run(
        Metric.Many("call/latency", "latency", "ms", Better.Lower, LogNormal(1, 1000, 150, .2), new Target("p50", null, 160), new Target("p95", null, 100)),
        Metric.Single("call/cores", "cores of a session", "cores", Better.Lower, .61, new Target("value", null, .5)) with { Repeats = [.60, .61, .62] },
        Metric.Single("call/lead", "lead", "ms", Better.Neither, -18.4, new Target("value", -80, 40)),
        Metric.Single("call/dropped", "frames dropped", "", Better.Lower, 0)) with
    {
        Waterfall =
        [
            new("Sound", StepKind.Sound, 40, 40), new("Queue", StepKind.Wait, 8.3, 24), new("Model", StepKind.Work, 9.4, 13.8), new("Network & browser", StepKind.Outside, 21, 48),
        ],
        Series = [new("call/memory", "memory", "MiB", "time, s", [0, 1, 2, 3], [380, 390, 395, 396])],
    };

    /// <summary>Times as they are measured: none below 0, and a tail.</summary>
    public static double[] LogNormal(int seed, int count, double median, double spread)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => median * Math.Exp(spread * Normal(random)))];
    }

    public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
