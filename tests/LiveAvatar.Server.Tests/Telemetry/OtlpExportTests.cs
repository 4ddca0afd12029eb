using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveAvatar.Pipeline.Ledger;
using LiveAvatar.Server.Telemetry;

namespace LiveAvatar.Server.Tests.Telemetry;

public sealed class OtlpExportTests
{
    [Fact]
    public async Task Collector_GetsSpansAndMetrics()
    {
        var port = FreePort();
        using var collector = new HttpListener { Prefixes = { $"http://localhost:{port}/" } };
        collector.Start();
        var posted = new Dictionary<string, string>();
        var serving = ServeAsync(collector, posted);
        using var meter = new System.Diagnostics.Metrics.Meter(MetricsCollector.MeterName);
        using (OtlpExport.Start(new Uri($"http://localhost:{port}")))
        {
            meter.CreateCounter<long>("test.otlp").Add(3);
            using var source = new System.Diagnostics.ActivitySource(FrameSpans.SourceName);
            source.StartActivity("frame of a test")?.Dispose();
        }

        collector.Stop();
        await serving;
        Assert.Contains("frame of a test", posted["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("liveavatar", posted["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("test.otlp", posted["/v1/metrics"], StringComparison.Ordinal);
    }

    [Fact]
    public void NoCollector_NothingIsStarted() => Assert.Null(OtlpExport.Start(null));

    private static async Task ServeAsync(HttpListener collector, Dictionary<string, string> posted)
    {
        try
        {
            while (true)
            {
                var context = await collector.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                var path = context.Request.Url!.AbsolutePath;
                posted[path] = posted.GetValueOrDefault(path) + Encoding.Latin1.GetString(body.ToArray());
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
