using System.Diagnostics.Metrics;
using LiveAvatar.Media.Timing;

namespace LiveAvatar.Pipeline.Ledger;

/// <summary>Keeps the moments of a session's last frames, and tells metrics and traces of each.</summary>
/// <remarks>
/// A frame's moments travel with it (<see cref="FrameTimes"/>) and are entered once, when its fate is known. Everything
/// that speaks of latency reads this one ring, so that no two can disagree. Entering allocates nothing.
/// </remarks>
internal sealed class FrameLedger(WallClock wall)
{
    private const int Depth = 512; // 20 s at 25 frames per second
    private static readonly Meter Meter = new("LiveAvatar");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "liveavatar.pipeline.stage.duration",
        "s",
        "Time a frame spent in a stage, waiting or being worked on.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [.001, .002, .003, .005, .0075, .01, .015, .02, .03, .04, .05, .075, .1, .15, .2, .3, .5],
        });

    private static readonly KeyValuePair<string, object?>[] StageTags =
        [.. StageNames.All.Select(stage => new KeyValuePair<string, object?>("stage", StageNames.Of(stage)))];

    private static readonly KeyValuePair<string, object?>[] KindTags =
        [.. StageNames.All.Select(stage => new KeyValuePair<string, object?>("kind", StageNames.KindOf(stage)))];

    private readonly Lock _gate = new(); // guards the ring; frames end on three threads, some 25 times a second
    private readonly (FrameTimes Times, FrameFate Fate)[] _ring = new (FrameTimes, FrameFate)[Depth];
    private long _count;

    /// <summary>Enters a frame whose fate is known.</summary>
    public void Enter(in FrameTimes times, FrameFate fate)
    {
        long number;
        lock (_gate)
        {
            number = _count++;
            _ring[number % Depth] = (times, fate);
        }

        for (var i = 0; i < StageTags.Length; i++)
        {
            if (times.Duration((PipelineStage)i) is { } duration)
            {
                Duration.Record(duration.TotalSeconds, StageTags[i], KindTags[i]);
            }
        }

        FrameSpans.Tell(number, times, fate, wall);
    }

    /// <summary>The frames that are kept, oldest first.</summary>
    public IReadOnlyList<FrameEntry> Read()
    {
        var (first, entries) = Copy();
        var result = new List<FrameEntry>(entries.Length);
        foreach (var (times, fate) in entries)
        {
            result.Add(new FrameEntry(
                first + result.Count,
                fate,
                Milliseconds(times.Received),
                Captured(times.First),
                Captured(times.Last),
                [.. StageNames.All.Select(stage => times.Duration(stage) is { } duration ? Milliseconds(duration) : (double?)null)]));
        }

        return result;
    }

    /// <summary>Percentiles per stage over the frames that are kept, in milliseconds.</summary>
    public IReadOnlyList<StagePercentiles> Summarise()
    {
        var (_, entries) = Copy();
        var result = new List<StagePercentiles>(StageTags.Length);
        foreach (var stage in StageNames.All)
        {
            double[] sorted = [.. entries.Select(entry => entry.Times.Duration(stage)).OfType<TimeSpan>().Select(Milliseconds).Order()];
            result.Add(new StagePercentiles(StageNames.Of(stage), sorted.Length, At(sorted, .50), At(sorted, .95), At(sorted, .99)));
        }

        return result;
    }

    private (long First, (FrameTimes Times, FrameFate Fate)[] Entries) Copy()
    {
        lock (_gate)
        {
            var kept = (int)Math.Min(_count, Depth);
            var entries = new (FrameTimes, FrameFate)[kept];
            for (var i = 0; i < kept; i++)
            {
                entries[i] = _ring[(_count - kept + i) % Depth];
            }

            return (_count - kept, entries);
        }
    }

    // The driver's clock is tied to ours by its sender reports (abs-capture-time, UplinkAudio).
    private double? Captured(in CaptureTime captured) =>
        captured is { Ntp: not 0, ClockOffset: { } offset } ? Milliseconds(wall.FromNtp(unchecked(captured.Ntp + (ulong)offset))) : null;

    private static double At(double[] sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
