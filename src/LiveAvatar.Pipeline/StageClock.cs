using System.Diagnostics.Metrics;

namespace LiveAvatar.Pipeline;

/// <summary>The parts of a frame's way whose time is kept.</summary>
public enum PipelineStage
{
    /// <summary>From the arrival of the last sound a frame needs until a worker takes it up.</summary>
    InferenceWait,

    /// <summary>Speech and context encoders.</summary>
    Listen,

    /// <summary>Frame decoder.</summary>
    Draw,

    /// <summary>From drawn until the send loop takes it up.</summary>
    EncodeWait,

    /// <summary>Video encoder.</summary>
    Encode,

    /// <summary>Packetise, protect and hand to the socket, for all peers.</summary>
    Send,

    /// <summary>From the arrival of the last sound to the last byte handed to the socket: what the server adds.</summary>
    Total,
}

/// <summary>Keeps the last durations of every stage of one session and feeds the process-wide histograms.</summary>
/// <remarks>Each stage has one writer. Readers copy the ring and may see one entry half a second old: good enough for a percentile.</remarks>
public sealed class StageClock
{
    private const int Depth = 512; // 20 s at 25 frames per second
    private static readonly Meter Meter = new("LiveAvatar");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "liveavatar.pipeline.stage.duration",
        "s",
        "Time a frame spent in a stage.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [.001, .002, .003, .005, .0075, .01, .015, .02, .03, .04, .05, .075, .1, .15, .2, .3, .5],
        });

    private static readonly PipelineStage[] Stages = Enum.GetValues<PipelineStage>();
    private static readonly KeyValuePair<string, object?>[] Tags =
        [.. Stages.Select(stage => new KeyValuePair<string, object?>("stage", Name(stage)))];

    private readonly float[][] _rings = [.. Stages.Select(_ => new float[Depth])];
    private readonly int[] _counts = new int[Stages.Length];

    /// <summary>Notes one duration; allocates nothing.</summary>
    public void Record(PipelineStage stage, TimeSpan duration)
    {
        var index = (int)stage;
        var count = _counts[index];
        _rings[index][count % Depth] = (float)duration.TotalMilliseconds;
        Volatile.Write(ref _counts[index], count + 1);
        Duration.Record(duration.TotalSeconds, Tags[index]);
    }

    /// <summary>Percentiles over the last 20 seconds, per stage, in milliseconds.</summary>
    public IReadOnlyList<StagePercentiles> Snapshot()
    {
        var result = new List<StagePercentiles>(Stages.Length);
        foreach (var stage in Stages)
        {
            var count = Math.Min(Volatile.Read(ref _counts[(int)stage]), Depth);
            var values = _rings[(int)stage].AsSpan(0, count).ToArray();
            Array.Sort(values);
            result.Add(new StagePercentiles(Name(stage), count, At(values, .50), At(values, .95), At(values, .99)));
        }

        return result;
    }

    private static double At(float[] sorted, double share) =>
        sorted.Length == 0 ? 0 : Math.Round(sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)], 3);

    private static string Name(PipelineStage stage) => stage switch
    {
        PipelineStage.InferenceWait => "inference_wait",
        PipelineStage.Listen => "listen",
        PipelineStage.Draw => "draw",
        PipelineStage.EncodeWait => "encode_wait",
        PipelineStage.Encode => "encode",
        PipelineStage.Send => "send",
        _ => "total",
    };
}

/// <summary>Durations of one stage in milliseconds.</summary>
/// <param name="Stage">The stage's name in metrics and reports.</param>
/// <param name="Count">How many frames the percentiles rest on.</param>
/// <param name="P50">Median.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="P99">99th percentile.</param>
public sealed record StagePercentiles(string Stage, int Count, double P50, double P95, double P99);
