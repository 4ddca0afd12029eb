using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace LiveAvatar.Server.Telemetry;

/// <summary>Listens to the "LiveAvatar" meters and keeps their totals for /metrics.</summary>
internal sealed class MetricsCollector : IDisposable
{
    /// <summary>The name of every meter of this program.</summary>
    public const string MeterName = "LiveAvatar";

    private static readonly double[] DefaultBuckets = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];
    private readonly ConcurrentDictionary<Instrument, MetricSeries> _series = new();
    private readonly MeterListener _listener = new();

    /// <summary>Starts listening; instruments made before count from now on.</summary>
    public MetricsCollector()
    {
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<double>(static (instrument, value, labels, state) => Take(instrument, value, labels, state));
        _listener.SetMeasurementEventCallback<float>(static (instrument, value, labels, state) => Take(instrument, value, labels, state));
        _listener.SetMeasurementEventCallback<long>(static (instrument, value, labels, state) => Take(instrument, value, labels, state));
        _listener.SetMeasurementEventCallback<int>(static (instrument, value, labels, state) => Take(instrument, value, labels, state));
        _listener.Start();
    }

    /// <summary>Everything measured, observable instruments asked now, by name.</summary>
    public IReadOnlyList<MetricSeries> Collect()
    {
        _listener.RecordObservableInstruments();
        return [.. _series.Values.OrderBy(s => s.Instrument.Name, StringComparer.Ordinal)];
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _listener.Dispose();

    private static void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels, object? state)
    {
        var series = (MetricSeries)state!;
        if (series.Buckets is not null)
        {
            series.Record(value, labels);
        }
        else if (IsSum(instrument) && !instrument.IsObservable)
        {
            series.Add(value, labels);
        }
        else
        {
            series.Set(value, labels);
        }
    }

    private static bool IsSum(Instrument instrument) =>
        instrument is Counter<double> or Counter<long> or Counter<int> or UpDownCounter<long> or UpDownCounter<int> or UpDownCounter<double>;

    private static double[]? BucketsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> h => h.Advice?.HistogramBucketBoundaries?.ToArray() ?? DefaultBuckets,
        Histogram<float> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray() ?? DefaultBuckets,
        Histogram<long> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray() ?? DefaultBuckets,
        Histogram<int> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray() ?? DefaultBuckets,
        _ => null,
    };

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == MeterName)
        {
            listener.EnableMeasurementEvents(instrument, _series.GetOrAdd(instrument, static i => new MetricSeries(i, BucketsOf(i))));
        }
    }
}
