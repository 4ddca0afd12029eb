namespace LiveAvatar.Results;

/// <summary>One thing that was measured: a single value, or a distribution of many.</summary>
public sealed record Metric
{
    /// <summary>What it is in every file, such as "call/mic_to_photon/capture_time".</summary>
    public required string Name { get; init; }

    /// <summary>What it is to people, such as "mic to photon, by capture time".</summary>
    public required string Title { get; init; }

    /// <summary>"ms", "bytes", "MiB", "cores", "1/s", "%", "kbit/s", or empty for a count.</summary>
    public required string Unit { get; init; }

    /// <summary>Which way it should go.</summary>
    public Better Better { get; init; }

    /// <summary>The figure, where there is only one; the median of <see cref="Repeats"/> where it was measured several times.</summary>
    public double? Value { get; init; }

    /// <summary>What was measured, where that is many times.</summary>
    public Distribution? Distribution { get; init; }

    /// <summary>The value, or the distribution's median, of each interleaved repeat; empty when measured once.</summary>
    public IReadOnlyList<double> Repeats { get; init; } = [];

    /// <summary>What it should reach.</summary>
    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>A single figure.</summary>
    public static Metric Single(string name, string title, string unit, Better better, double value, params Target[] targets) => new()
    {
        Name = name, Title = title, Unit = unit, Better = better, Value = Math.Round(value, 4), Targets = targets,
    };

    /// <summary>Many measurements.</summary>
    public static Metric Many(string name, string title, string unit, Better better, IEnumerable<double> values, params Target[] targets) => new()
    {
        Name = name, Title = title, Unit = unit, Better = better, Distribution = Distribution.Of(values), Targets = targets,
    };

    /// <summary>A figure by the name <see cref="Target.Of"/> gives it; null if there is none, or nothing was measured.</summary>
    public double? Figure(string of) => of switch
    {
        "value" => Value,
        _ when Distribution is { Count: 0 } => null,
        "p50" => Distribution?.P50,
        "p95" => Distribution?.P95,
        "p99" => Distribution?.P99,
        "max" => Distribution?.Max,
        _ => null,
    };
}
