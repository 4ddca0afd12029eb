using System.Diagnostics.Metrics;

namespace LiveAvatar.Pipeline;

/// <summary>Process-wide counters over the sessions that run and those that have ended.</summary>
/// <remarks>Read when somebody scrapes; counting itself stays in each session's <see cref="PipelineCounters"/>.</remarks>
internal sealed class HostMetrics : IDisposable
{
    private static readonly (string Instrument, string Outcome, Func<PipelineCounters, long> Read)[] Series =
    [
        ("liveavatar.frames", "drawn", counters => counters.FramesDrawn),
        ("liveavatar.frames", "sent", counters => counters.FramesSent),
        ("liveavatar.frames", "skipped_late", counters => counters.FramesSkipped),
        ("liveavatar.frames", "dropped_queue", counters => Interlocked.Read(ref counters.FramesDropped)),
        ("liveavatar.frames", "key", counters => counters.KeyFrames),
        ("liveavatar.audio.packets", "received", counters => counters.AudioReceived),
        ("liveavatar.audio.packets", "concealed", counters => counters.AudioConcealed),
        ("liveavatar.audio.packets", "skipped_late", counters => counters.AudioSkipped),
        ("liveavatar.audio.packets", "undecodable", counters => counters.AudioUndecodable),
        ("liveavatar.audio.packets", "relay_dropped", counters => Interlocked.Read(ref counters.VoiceDropped)),
    ];

    private readonly Meter _meter = new("LiveAvatar");
    private readonly Func<IReadOnlyCollection<AvatarSession>> _sessions;
    private readonly long[] _ended = new long[Series.Length]; // sums of the sessions that are gone; Interlocked

    public HostMetrics(Func<IReadOnlyCollection<AvatarSession>> sessions)
    {
        _sessions = sessions;
        foreach (var name in Series.Select(series => series.Instrument).Distinct())
        {
            _meter.CreateObservableCounter(name, () => Measure(name), description: $"What became of the {name.Split('.')[1]} of all calls.");
        }
    }

    /// <summary>Keeps what an ended session had counted.</summary>
    public void Add(PipelineCounters counters)
    {
        for (var i = 0; i < Series.Length; i++)
        {
            Interlocked.Add(ref _ended[i], Series[i].Read(counters));
        }
    }

    public void Dispose() => _meter.Dispose();

    private List<Measurement<long>> Measure(string instrument)
    {
        var sessions = _sessions();
        var measurements = new List<Measurement<long>>();
        for (var i = 0; i < Series.Length; i++)
        {
            if (Series[i].Instrument == instrument)
            {
                var read = Series[i].Read;
                var total = Interlocked.Read(ref _ended[i]) + sessions.Sum(session => read(session.Counters));
                measurements.Add(new Measurement<long>(total, new KeyValuePair<string, object?>("outcome", Series[i].Outcome)));
            }
        }

        return measurements;
    }
}
