using System.Text.Json;
using LiveAvatar.CallKit;
using LiveAvatar.Results;
using LiveAvatar.CallKit.Analysis;
using Spectre.Console;

namespace LiveAvatar.Perf;

/// <summary>Calls the real server from a real browser, once for each thing that is measured.</summary>
internal sealed class CallBenchmark : IAsyncDisposable
{
    private const string AllocatedBytes = "liveavatar_dotnet_allocated_bytes_total";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ViewerWarmUp = TimeSpan.FromSeconds(8); // a browser's lip sync moves by 80 ms a second at most
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ViewTime = TimeSpan.FromSeconds(15);
    private static readonly string Voice = Checkout.At("tests", "vectors", "voices", "human.wav");

    private readonly CallSettings _settings;
    private readonly ServerProcess _server;
    private readonly Browser _browser;
    private readonly Action<string> _progress;

    private CallBenchmark(CallSettings settings, ServerProcess server, Browser browser, Action<string> progress)
    {
        _settings = settings;
        _server = server;
        _browser = browser;
        _progress = progress;
    }

    private string Codec => _settings.Codec == "h264" ? "H264" : "VP8";

    /// <summary>Measures everything; shows what it is doing.</summary>
    /// <exception cref="CallKitException">There is no Chromium, the server does not start, or a call does not come about.</exception>
    public static Task<PerfResult<CallSettings, CallNumbers>> RunAsync(CallSettings settings) =>
        AnsiConsole.Status().StartAsync("Starting Chromium…", async status =>
        {
            void Progress(string text)
            {
                status.Status(Markup.Escape(text));
                if (!AnsiConsole.Profile.Capabilities.Interactive)
                {
                    AnsiConsole.WriteLine(text); // a log gets a line per step instead of a spinner
                }
            }

            var browser = await Browser.LaunchAsync().ConfigureAwait(false);
            await using (browser.ConfigureAwait(false))
            {
                var machine = Machine.Describe(browser.Version);
                Progress("Starting the server…");
                var server = await ServerProcess.StartAsync("--video-codec", settings.Codec).ConfigureAwait(false);
                var benchmark = new CallBenchmark(settings, server, browser, Progress);
                await using (benchmark.ConfigureAwait(false))
                {
                    var numbers = await benchmark.MeasureAsync().ConfigureAwait(false);
                    return PerfResult<CallSettings, CallNumbers>.Of(machine, server.Log, settings, numbers);
                }
            }
        });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<CallNumbers> MeasureAsync()
    {
        var firstFrames = await ConnectAsync().ConfigureAwait(false);
        var speech = await SpeakAsync().ConfigureAwait(false);
        var onsets = await OnsetsAsync().ConfigureAwait(false);
        var (lips, buffer) = await ViewAsync().ConfigureAwait(false);
        return new CallNumbers(
            Math.Round(_server.ReadyAfter.TotalMilliseconds),
            Math.Round(firstFrames[0], 1),
            Percentiles.Of(firstFrames.Skip(1)),
            speech.CaptureLatency,
            Percentiles.Of(onsets.OfType<double>()),
            onsets.Count(onset => onset is null),
            speech.Stages,
            Math.Round(speech.FramesPerSecond, 2),
            speech.Gaps,
            speech.Counts,
            speech.BrowserDropped,
            Math.Round(speech.Load.Cores, 3),
            Math.Round(speech.IdleLoad.Cores, 3),
            speech.BytesPerFrame,
            Math.Round(_server.ResidentBytes / (double)(1 << 20)),
            Math.Round(lips.VideoLeadMs, 1),
            Math.Round(lips.Correlation, 2),
            Math.Round(buffer, 1));
    }

    // From POST to the first decoded frame, call after call; the first one also pays for everything that is cold.
    private async Task<List<double>> ConnectAsync()
    {
        var page = await _browser.OpenProbeAsync(_server.Address).ConfigureAwait(false);
        await using (page.ConfigureAwait(false))
        {
            var times = new List<double>();
            for (var i = 0; i <= _settings.Connects; i++)
            {
                _progress($"Connecting {i + 1} of {_settings.Connects + 1}…");
                var call = await page.CallAsync("stimulus", Codec).ConfigureAwait(false);
                times.Add(call.Times.FirstFrame - call.Times.Posted);
                await page.CloseAsync(call).ConfigureAwait(false);
            }

            return times;
        }
    }

    // One long call with a speaking voice: rates, loads, stages, and the latency that abs-capture-time tells.
    private async Task<Speech> SpeakAsync()
    {
        _progress("Measuring the idle server…");
        var idle = await LoadAsync(IdleTime).ConfigureAwait(false);
        var page = await _browser.OpenProbeAsync(_server.Address).ConfigureAwait(false);
        await using (page.ConfigureAwait(false))
        {
            var call = await page.CallAsync(Voice, Codec).ConfigureAwait(false);
            _progress($"Talking for {_settings.Seconds} s…");
            await Task.Delay(WarmUp).ConfigureAwait(false);
            await page.RecordPictureAsync(call, MouthRegion.Presenter).ConfigureAwait(false);
            var before = await page.VideoStatsAsync(call).ConfigureAwait(false);
            var load = await LoadAsync(TimeSpan.FromSeconds(_settings.Seconds)).ConfigureAwait(false);
            var after = await page.VideoStatsAsync(call).ConfigureAwait(false);
            var picture = await page.StopPictureAsync(call).ConfigureAwait(false);
            var statistics = await _server.Api.GetStatisticsAsync(call.Session).ConfigureAwait(false)
                ?? throw new CallKitException("The session ended while it was measured. The server's last words:\n" + _server.Log);
            await page.CloseAsync(call).ConfigureAwait(false);

            var rate = (after.FramesDecoded - before.FramesDecoded) * 1000 / (after.At - before.At);
            return new Speech(
                CaptureLatency.Of(picture),
                statistics.GetProperty("stages").EnumerateArray().ToDictionary(s => s.GetProperty("stage").GetString()!, ReadStage),
                rate,
                Percentiles.Of(Frames.Gaps(picture)),
                statistics.GetProperty("counts").EnumerateObject().ToDictionary(c => c.Name, c => c.Value.GetInt64()),
                after.FramesDropped - before.FramesDropped,
                load with { Cores = load.Cores - idle.Cores },
                idle,
                load.BytesPerSecond is { } bytes ? Math.Round(bytes / rate) : null);
        }
    }

    // Silence, a vowel, silence, …: the frame in which the mouth is seen to open.
    private async Task<List<double?>> OnsetsAsync()
    {
        var page = await _browser.OpenProbeAsync(_server.Address).ConfigureAwait(false);
        await using (page.ConfigureAwait(false))
        {
            var random = new Random(11);
            var call = await page.CallAsync("stimulus", Codec).ConfigureAwait(false);
            await page.RecordSoundAsync(call, microphone: true).ConfigureAwait(false);
            await Task.Delay(WarmUp).ConfigureAwait(false);
            await page.RecordPictureAsync(call, MouthRegion.Presenter).ConfigureAwait(false);
            await Task.Delay(1000).ConfigureAwait(false);
            var starts = new List<double>();
            var voice = Convert.ToBase64String(await File.ReadAllBytesAsync(Voice).ConfigureAwait(false)); // a presenter may take a buzzer for no voice
            for (var i = 0; i < _settings.Onsets; i++)
            {
                _progress($"Timing vowel {i + 1} of {_settings.Onsets}…");
                starts.Add(await page.SayVowelAsync(voice).ConfigureAwait(false));
                await Task.Delay(1300 + random.Next(100)).ConfigureAwait(false); // the mouth closes; no beat with the frame rate
            }

            var picture = await page.StopPictureAsync(call).ConfigureAwait(false);
            var sound = await page.StopSoundAsync(call).ConfigureAwait(false);
            await page.CloseAsync(call).ConfigureAwait(false);
            return [.. starts.Select(start => OnsetLatency.Of(picture, (start * 1000) + sound.ClockOffsetMs))];
        }
    }

    // A viewer's lips and voice.
    private async Task<(LipSyncResult Lips, double BufferMs)> ViewAsync()
    {
        var page = await _browser.OpenProbeAsync(_server.Address).ConfigureAwait(false);
        var viewer = await _browser.OpenProbeAsync(_server.Address).ConfigureAwait(false);
        await using (page.ConfigureAwait(false))
        await using (viewer.ConfigureAwait(false))
        {
            var call = await page.CallAsync(Voice, Codec).ConfigureAwait(false);
            var watch = await viewer.WatchAsync(call.Session, Codec).ConfigureAwait(false);
            _progress($"Watching for {ViewTime.TotalSeconds:F0} s…");
            await viewer.RecordSoundAsync(watch).ConfigureAwait(false);
            await Task.Delay(ViewerWarmUp).ConfigureAwait(false);
            await viewer.RecordPictureAsync(watch, MouthRegion.Presenter).ConfigureAwait(false);
            await Task.Delay(ViewTime).ConfigureAwait(false);
            var picture = await viewer.StopPictureAsync(watch).ConfigureAwait(false);
            var sound = await viewer.StopSoundAsync(watch).ConfigureAwait(false);
            var buffer = await viewer.AudioBufferAsync(watch).ConfigureAwait(false);
            await page.CloseAsync(call).ConfigureAwait(false);
            return (LipSync.Estimate(picture, sound.ToSamples()), buffer);
        }
    }

    // Asking allocates too, on the server: asked some times for nothing to know how much, and that is taken off.
    private async Task<Load> LoadAsync(TimeSpan time)
    {
        const int Asked = 8;
        var first = await _server.Api.GetMetricAsync(AllocatedBytes).ConfigureAwait(false);
        for (var i = 1; i < Asked; i++)
        {
            await _server.Api.GetMetricAsync(AllocatedBytes).ConfigureAwait(false);
        }

        var start = TimeProvider.System.GetTimestamp();
        var (cpu, before) = (_server.CpuTime, await _server.Api.GetMetricAsync(AllocatedBytes).ConfigureAwait(false));
        await Task.Delay(time).ConfigureAwait(false);
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        var after = await _server.Api.GetMetricAsync(AllocatedBytes).ConfigureAwait(false);
        return new Load((_server.CpuTime - cpu).TotalSeconds / seconds, (after - before - ((before - first) / Asked)) / seconds);
    }

    private static Percentiles ReadStage(JsonElement stage) => new(
        stage.GetProperty("count").GetInt32(), stage.GetProperty("p50").GetDouble(), stage.GetProperty("p95").GetDouble(),
        stage.GetProperty("p99").GetDouble(), stage.GetProperty("p99").GetDouble());

    private sealed record Load(double Cores, double? BytesPerSecond);

    private sealed record Speech(
        Percentiles CaptureLatency, IReadOnlyDictionary<string, Percentiles> Stages, double FramesPerSecond, Percentiles Gaps,
        IReadOnlyDictionary<string, long> Counts, long BrowserDropped, Load Load, Load IdleLoad, double? BytesPerFrame);
}
