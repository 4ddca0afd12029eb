using System.Diagnostics.Metrics;
using LiveAvatar.Server.Telemetry;

namespace LiveAvatar.Server.Tests.Telemetry;

[Trait("Category", "unit")]
public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new(MetricsCollector.MeterName);
    private readonly MetricsCollector _collector = new();

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Histogram_IsCumulative()
    {
        var histogram = _meter.CreateHistogram<double>(
            "test.duration", "s", "Time.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.01, .1] });
        foreach (var value in (double[])[.005, .01, .05, 5])
        {
            histogram.Record(value, new KeyValuePair<string, object?>("stage", "draw"));
        }

        Assert.Equal(
            """
            # HELP test_duration_seconds Time.
            # TYPE test_duration_seconds histogram
            test_duration_seconds_bucket{stage="draw",le="0.01"} 2
            test_duration_seconds_bucket{stage="draw",le="0.1"} 3
            test_duration_seconds_bucket{stage="draw",le="+Inf"} 4
            test_duration_seconds_sum{stage="draw"} 5.065
            test_duration_seconds_count{stage="draw"} 4

            """.ReplaceLineEndings("\n"),
            Text("test_duration"));
    }

    [Fact]
    public void CounterAndGauge_AreNamedByKind()
    {
        _meter.CreateCounter<long>("test.drops").Add(3, new KeyValuePair<string, object?>("queue", "a\"b\\c\n"));
        _meter.CreateObservableGauge("test.level", () => 1.5, "By");

        Assert.Equal("# TYPE test_drops_total counter\ntest_drops_total{queue=\"a\\\"b\\\\c\\n\"} 3\n", Text("test_drops"));
        Assert.Equal("# TYPE test_level_bytes gauge\ntest_level_bytes 1.5\n", Text("test_level"));
    }

    [Fact]
    public void ManyThreads_LoseNothing()
    {
        var counter = _meter.CreateCounter<double>("test.sum");
        Parallel.For(0, 8, worker =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("worker", worker % 2));
            }
        });

        Assert.Contains("test_sum_total{worker=\"0\"} 40000\n", Text("test_sum"), StringComparison.Ordinal);
        Assert.Contains("test_sum_total{worker=\"1\"} 40000\n", Text("test_sum"), StringComparison.Ordinal);
    }

    [Fact]
    public void KnownLabels_AllocateNothing()
    {
        var histogram = _meter.CreateHistogram<double>("test.free");
        var label = new KeyValuePair<string, object?>("stage", "draw");
        Allocation.AssertNone(() => histogram.Record(1, label), steps: 10_000);
    }

    [Fact]
    public void UnboundedLabels_AreCapped()
    {
        var counter = _meter.CreateCounter<long>("test.cap");
        for (var i = 0; i < 5000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        }

        Assert.True(Text("test_cap").Count(c => c == '\n') < 300);
    }

    [Fact]
    public void OtherMeters_AreNotShown()
    {
        using var other = new Meter("Somebody.Else");
        other.CreateCounter<long>("test.foreign").Add(1);

        Assert.Empty(Text("test_foreign"));
    }

    private string Text(string prefix) => PrometheusText.Write(
        _collector.Collect().Where(s => s.Instrument.Name.Replace('.', '_').StartsWith(prefix, StringComparison.Ordinal)));
}
