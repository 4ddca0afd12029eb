using LiveAvatar.Pipeline.Ledger;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LiveAvatar.Server.Telemetry;

/// <summary>Sends spans of frames (<see cref="FrameSpans"/>) and all metrics to an OpenTelemetry collector, by OTLP over HTTP.</summary>
/// <remarks>A collector that is away costs nothing but the loss of what it would have got.</remarks>
internal sealed class OtlpExport : IDisposable
{
    private const string Service = "liveavatar";
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private OtlpExport(Uri collector)
    {
        _traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService(Service))
            .AddSource(FrameSpans.SourceName)
            .AddOtlpExporter(exporter => Configure(exporter, collector, "v1/traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(Service))
            .AddMeter(MetricsCollector.MeterName)
            .AddOtlpExporter(exporter => Configure(exporter, collector, "v1/metrics"))
            .Build();
    }

    /// <summary>Begins to send; null when there is no collector.</summary>
    public static OtlpExport? Start(Uri? collector) => collector is null ? null : new OtlpExport(collector);

    /// <summary>Sends what waits, for a few seconds at most, and ends.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }

    private static void Configure(OtlpExporterOptions exporter, Uri collector, string path)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(collector.AbsoluteUri.TrimEnd('/') + "/" + path);
    }
}
