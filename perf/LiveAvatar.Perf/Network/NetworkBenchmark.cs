using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LiveAvatar.CallKit;
using LiveAvatar.CallKit.Analysis;
using LiveAvatar.LoadClient;
using LiveAvatar.Results;
using LiveAvatar.Rtc;

namespace LiveAvatar.Perf.Network;

/// <summary>Calls from a real browser through a relay that behaves badly on purpose.</summary>
internal sealed class NetworkBenchmark(ServerProcess server, Chromium browser, int seconds, int seed, Action<string> show)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(2);
    private static readonly string Voice = Checkout.At("tests", "vectors", "voices", "human.wav");
    private readonly List<Metric> _metrics = [];
    private readonly List<Series> _series = [];
    private double _cleanP95;

    /// <summary>Measures the conditions whose names contain the filter, an outage, and a link that narrows and widens.</summary>
    public async Task<(IReadOnlyList<Metric> Metrics, IReadOnlyList<Series> Series)> RunAsync(string filter)
    {
        foreach (var condition in NetworkCondition.All.Where(condition => condition.Name == "clean" || condition.Name.Contains(filter, StringComparison.Ordinal)))
        {
            show($"{condition.Title}…");
            await MeasureAsync(condition).ConfigureAwait(false);
        }

        if ("outage".Contains(filter, StringComparison.Ordinal))
        {
            show("An outage of 2 s…");
            await OutageAsync().ConfigureAwait(false);
        }

        if ("bandwidth".Contains(filter, StringComparison.Ordinal))
        {
            show("2 Mbit/s, 300 kbit/s, 2 Mbit/s…");
            await BandwidthAsync().ConfigureAwait(false);
        }

        return (_metrics, _series);
    }

    private async Task MeasureAsync(NetworkCondition condition)
    {
        using var relay = OpenRelay();
        using var other = OpenRelay();
        var page = await browser.OpenProbeAsync(server.Address).ConfigureAwait(false);
        var viewer = await browser.OpenProbeAsync(server.Address).ConfigureAwait(false);
        await using (page.ConfigureAwait(false))
        await using (viewer.ConfigureAwait(false))
        {
            var call = await page.CallAsync(Voice, relay: relay.EndPoint).ConfigureAwait(false);
            var watch = await viewer.WatchAsync(call.Session, relay: other.EndPoint).ConfigureAwait(false);
            await viewer.ListenAsync(watch).ConfigureAwait(false);
            relay.Set(condition.Link, condition.Link);
            other.Set(condition.Link, condition.Link);
            await Task.Delay(WarmUp).ConfigureAwait(false);
            await page.RecordPictureAsync(call, MouthRegion.Presenter).ConfigureAwait(false);
            await viewer.RecordPictureAsync(watch, MouthRegion.Presenter).ConfigureAwait(false);
            var (before, counts, heardBefore) = (await page.VideoStatsAsync(call).ConfigureAwait(false), await CountsAsync(call).ConfigureAwait(false), await viewer.AudioStatsAsync(watch).ConfigureAwait(false));
            await Task.Delay(TimeSpan.FromSeconds(seconds)).ConfigureAwait(false);
            var (after, later, heard) = (await page.VideoStatsAsync(call).ConfigureAwait(false), await CountsAsync(call).ConfigureAwait(false), (await viewer.AudioStatsAsync(watch).ConfigureAwait(false)).Since(heardBefore));
            var picture = await page.StopPictureAsync(call).ConfigureAwait(false);
            var watched = await viewer.StopPictureAsync(watch).ConfigureAwait(false);
            await page.CloseAsync(call).ConfigureAwait(false);

            var time = after.At - before.At;
            var latencies = CaptureLatency.Of(picture);
            var p95 = Percentiles.Of(latencies).P95;
            _cleanP95 = condition.Name == "clean" ? p95 : _cleanP95;
            var received = later["audio_received"] - counts["audio_received"];
            var concealed = later["audio_concealed"] - counts["audio_concealed"];
            Target[] Wanted(double limit) => condition.Name switch { "loss2_rtt50" => [RunResults.Most(limit / 5)], "loss5_rtt50" => [RunResults.Most(limit)], "loss10_rtt50" => [RunResults.Most(limit * 4)], _ => [] };

            One("frozen", "time frozen", "%", 100_000 * (after.TotalFreezesDuration - before.TotalFreezesDuration) / time, Wanted(1.5));
            One("longest", "longest time one picture stood", "ms", Frames.LongestFreeze(picture));
            Add(Metric.Many($"network/{condition.Name}/latency", $"{condition.Title}: mic to photon, by capture time", "ms", Better.Lower, latencies));

            // Two ways through the network cost their time; what is more than that is what repairing costs.
            One("latency_growth", "95th percentile of mic to photon above the clean network's and the round trip", "ms",
                p95 - _cleanP95 - (2 * condition.Link.Delay.TotalMilliseconds), condition.Name == "loss5_rtt50" ? [RunResults.Most(60)] : []);
            One("concealed", "uplink sound concealed", "%", 100.0 * concealed / Math.Max(1, received + concealed));
            One("viewer_concealed", "sound concealed at a viewer behind such a network too", "%", heard.ConcealedPercent);
            One("viewer_buffer", "sound held by that viewer's browser", "ms", heard.BufferMs);
            Add(Metric.Many($"network/{condition.Name}/viewer_av_offset", $"{condition.Title}: voice later than its picture at that viewer", "ms", Better.Neither, AvOffset.Of(watched)));
            Add(Metric.Single($"network/{condition.Name}/frame_rate", $"{condition.Title}: frames decoded", "1/s", Better.Higher, (after.FramesDecoded - before.FramesDecoded) * 1000 / time));
            One("video", "video made", "kbit/s", (later["video_bytes"] - counts["video_bytes"]) * 8 / time);
            One("resent", "packets sent again", "%", 100.0 * (later["retransmissions"] - counts["retransmissions"]) / Math.Max(1, later["packets_sent"] - counts["packets_sent"]));
            One("key_frames", "key frames asked for", "", after.PliCount - before.PliCount);
        }

        void One(string name, string title, string unit, double value, params Target[] targets) =>
            Add(Metric.Single($"network/{condition.Name}/{name}", $"{condition.Title}: {title}", unit, Better.Lower, value, targets));
    }

    // Everything is lost for a while; how long after that is there a moving picture again?
    private async Task OutageAsync()
    {
        using var relay = OpenRelay();
        var page = await browser.OpenProbeAsync(server.Address).ConfigureAwait(false);
        await using (page.ConfigureAwait(false))
        {
            var call = await page.CallAsync(Voice, relay: relay.EndPoint).ConfigureAwait(false);
            await Task.Delay(WarmUp).ConfigureAwait(false);
            await page.RecordPictureAsync(call, MouthRegion.Presenter).ConfigureAwait(false);
            await Task.Delay(1000).ConfigureAwait(false);
            var dead = new LinkImpairment { Loss = 1 };
            relay.Set(dead, dead);
            await Task.Delay(Outage).ConfigureAwait(false);
            var back = await page.EvaluateAsync<double>("performance.now()").ConfigureAwait(false);
            relay.Set(new LinkImpairment(), new LinkImpairment());
            await Task.Delay(4000).ConfigureAwait(false);
            var frames = (await page.StopPictureAsync(call).ConfigureAwait(false)).Frames;
            await page.CloseAsync(call).ConfigureAwait(false);
            var first = frames.FirstOrDefault(frame => frame.Presented > back + 5) ?? throw new CallKitException("No picture came back after an outage of 2 s.");
            Add(Metric.Single("network/outage/recovery", "outage of 2 s: until the next picture", "ms", Better.Lower, first.Presented - back, RunResults.Most(500)));
        }
    }

    private async Task BandwidthAsync()
    {
        using var relay = OpenRelay();
        var page = await browser.OpenProbeAsync(server.Address).ConfigureAwait(false);
        await using (page.ConfigureAwait(false))
        {
            var wide = new LinkImpairment { Rate = 2_000_000, Delay = TimeSpan.FromMilliseconds(25) };
            var call = await page.CallAsync(Voice, relay: relay.EndPoint).ConfigureAwait(false);
            relay.Set(wide, wide);
            await Task.Delay(TimeSpan.FromSeconds(8)).ConfigureAwait(false);
            await page.RecordPictureAsync(call, MouthRegion.Presenter).ConfigureAwait(false);
            var narrowed = relay.Now;
            var narrowedOnPage = await page.EvaluateAsync<double>("performance.now()").ConfigureAwait(false);
            relay.Set(wide, wide with { Rate = 300_000 });
            await Task.Delay(TimeSpan.FromSeconds(12)).ConfigureAwait(false);
            var widened = relay.Now;
            relay.Set(wide, wide);
            await Task.Delay(TimeSpan.FromSeconds(15)).ConfigureAwait(false);
            var stats = await page.VideoStatsAsync(call).ConfigureAwait(false);
            var frames = (await page.StopPictureAsync(call).ConfigureAwait(false)).Frames;
            await page.CloseAsync(call).ConfigureAwait(false);
            var steps = new BandwidthSteps(relay.ReadLog(), narrowed, widened);
            Add(Metric.Single("network/bandwidth/usual", "2 Mbit/s: what is sent", "kbit/s", Better.Neither, steps.UsualKbps));
            Add(Metric.Single("network/bandwidth/under_after", "2 Mbit/s to 300 kbit/s: until less is sent than gets through", "ms", Better.Lower, steps.UnderAfter.TotalMilliseconds, RunResults.Most(1500)));
            Add(Metric.Single("network/bandwidth/queue_peak", "2 Mbit/s to 300 kbit/s: longest queue", "ms", Better.Lower, steps.QueuePeak.TotalMilliseconds, RunResults.Most(250)));
            Add(Metric.Single("network/bandwidth/queue_p95", "at 300 kbit/s: queue, 95th percentile from 3 s on", "ms", Better.Lower, steps.QueueP95.TotalMilliseconds));
            Add(Metric.Single("network/bandwidth/narrow_rate", "at 300 kbit/s: what is sent from 3 s on", "kbit/s", Better.Higher, steps.NarrowKbps));
            Add(Metric.Single("network/bandwidth/back_after", "300 kbit/s to 2 Mbit/s: until 90 % of the usual is sent again", "ms", Better.Lower, steps.BackAfter.TotalMilliseconds, RunResults.Most(8000)));
            Add(Metric.Single("network/bandwidth/frozen", "time frozen over all of it", "ms", Better.Lower, 1000 * stats.TotalFreezesDuration));
            _series.AddRange(steps.Series());
            _series.Add(new Series(
                "network/bandwidth/gap", "time since the frame before", "ms", "time, s",
                [.. frames.Skip(1).Select(frame => Math.Round((frame.Presented - narrowedOnPage) / 1000, 2))],
                [.. frames.Zip(frames.Skip(1), (before, frame) => Math.Round(frame.Presented - before.Presented))]));
        }
    }

    private async Task<IReadOnlyDictionary<string, long>> CountsAsync(ProbePeer call)
    {
        var statistics = await server.Api.GetStatisticsAsync(call.Session).ConfigureAwait(false) ?? throw new CallKitException("The call ended.");
        var counts = statistics.GetProperty("counts").EnumerateObject().ToDictionary(count => count.Name, count => count.Value.GetInt64());
        var transport = statistics.GetProperty("transport");
        counts["retransmissions"] = transport.GetProperty("retransmissions").GetInt64();
        counts["packets_sent"] = transport.GetProperty("packetsSent").GetInt64();
        return counts;
    }

    private void Add(Metric metric) => _metrics.Add(metric);

    private LossyRelay OpenRelay() => new(OwnAddress(), server.MediaPort, seed);

    // Chromium's sockets are bound to the machine's address where it has one, and hear only what comes from there.
    private static IPAddress OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(address => address.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? IPAddress.Loopback;
}
