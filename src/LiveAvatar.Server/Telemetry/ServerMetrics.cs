using System.Diagnostics.Metrics;
using LiveAvatar.Server.Hosting;

namespace LiveAvatar.Server.Telemetry;

/// <summary>What the process says about itself: sessions, viewers, time, memory and CPU.</summary>
internal sealed class ServerMetrics : IDisposable
{
    private readonly Meter _meter = new(MetricsCollector.MeterName);
    private readonly Counter<long> _requests;

    /// <summary>Makes the instruments; they are observed when somebody scrapes.</summary>
    public ServerMetrics(AvatarRuntime runtime, TimeProvider time)
    {
        var started = time.GetTimestamp();
        _requests = _meter.CreateCounter<long>("liveavatar.http.responses", description: "HTTP responses by route and status.");
        _meter.CreateObservableGauge("liveavatar.sessions", () => runtime.Host?.Sessions.Count ?? 0, description: "Calls that run now.");
        _meter.CreateObservableGauge("liveavatar.viewers", () => runtime.Host?.Sessions.Sum(s => s.Viewers.Count) ?? 0, description: "Viewers that watch now.");
        _meter.CreateObservableGauge("liveavatar.ready", () => runtime.State == RuntimeState.Ready ? 1 : 0, description: "1 when calls are taken.");
        _meter.CreateObservableGauge("liveavatar.uptime", () => time.GetElapsedTime(started).TotalSeconds, "s", "Time since the start.");
        _meter.CreateObservableCounter("liveavatar.process.cpu.time", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time used.");
        _meter.CreateObservableGauge("liveavatar.process.memory", () => Environment.WorkingSet, "By", "Memory in use, native included.");
        _meter.CreateObservableGauge("liveavatar.dotnet.heap", () => GC.GetTotalMemory(false), "By", "Managed memory in use.");
        _meter.CreateObservableCounter("liveavatar.dotnet.collections", Collections, description: "Garbage collections, each counted in its own generation and those below.");
        _meter.CreateObservableCounter("liveavatar.dotnet.pause.time", () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time all threads stood still for the garbage collector.");
        _meter.CreateObservableCounter("liveavatar.dotnet.allocated", () => GC.GetTotalAllocatedBytes(), "By", "Managed memory allocated since the start.");
    }

    private static IEnumerable<Measurement<long>> Collections() => Enumerable.Range(0, GC.MaxGeneration + 1)
        .Select(generation => new Measurement<long>(GC.CollectionCount(generation), new KeyValuePair<string, object?>("generation", generation)));

    /// <summary>Counts a response.</summary>
    /// <param name="route">The route's pattern, never the path: paths are unbounded and hold secrets.</param>
    /// <param name="status">The status code.</param>
    public void CountResponse(string route, int status) =>
        _requests.Add(1, new KeyValuePair<string, object?>("route", route), new KeyValuePair<string, object?>("status", status));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
