using LiveAvatar.CallKit;
using LiveAvatar.Results;
using LiveAvatar.CallKit.Analysis;

namespace LiveAvatar.Perf.Call;

/// <summary>Calls the real server from a real browser, once for each thing that is measured.</summary>
internal sealed class CallBenchmark
{
    private const string AllocatedBytes = "liveavatar_dotnet_allocated_bytes_total";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ViewerWarmUp = TimeSpan.FromSeconds(8); // a browser's lip sync moves by 80 ms a second at most
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ViewTime = TimeSpan.FromSeconds(15);
    private static readonly string Voice = Checkout.At("tests", "vectors", "voices", "human.wav");

    private readonly CallSettings _settings;
    private readonly CallVariant _variant;
    private readonly ServerProcess _server;
    private readonly IProbeBrowser _browser;
    private readonly Action<string> _progress;

    private CallBenchmark(CallSettings settings, CallVariant variant, ServerProcess server, IProbeBrowser browser, Action<string> progress)
    {
        _settings = settings;
        _variant = variant;
        _server = server;
        _browser = browser;
        _progress = text => progress(settings.Variants.Count > 1 ? $"{variant.Title}: {text}" : text);
    }

    /// <summary>Measures everything, variants taking turns; shows what it is doing.</summary>
    /// <exception cref="CallKitException">A browser is missing, the server does not start, or a call does not come about.</exception>
    public static Task<CallRun> RunAsync(CallSettings settings) => PerfCommand.ShowAsync("Starting the browser…", async progress =>
    {
        var browsers = new BrowserSet();
        await using (browsers.ConfigureAwait(false))
        {
            await browsers.StartAsync(settings.Variants.Select(variant => variant.Browser)).ConfigureAwait(false);
            var machine = Machine.Describe(browsers.Versions);
            progress("Starting the server…");
            var server = await ServerProcess.StartAsync().ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                var found = settings.Variants.ToDictionary(variant => variant, _ => new List<CallSamples>());
                for (var repeat = 0; repeat < settings.Repeats; repeat++)
                {
                    // There and back again, so that what drifts over the run touches all alike.
                    foreach (var variant in repeat % 2 == 0 ? settings.Variants : settings.Variants.Reverse())
                    {
                        found[variant].Add(await new CallBenchmark(settings, variant, server, browsers[variant.Browser], progress).MeasureAsync().ConfigureAwait(false));
                    }
                }

                return new CallRun(
                    machine, server.Log, Math.Round(server.ReadyAfter.TotalMilliseconds), [.. found.Select(entry => (entry.Key, (IReadOnlyList<CallSamples>)entry.Value))]);
            }
        }
    });

    private async Task<CallSamples> MeasureAsync()
    {
        var firstFrames = await ConnectAsync().ConfigureAwait(false);
        var onsets = await OnsetsAsync().ConfigureAwait(false);
        var view = await ViewAsync().ConfigureAwait(false);
        return await SpeakAsync(firstFrames, onsets, view).ConfigureAwait(false);
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
                var call = await page.CallAsync("stimulus", _variant.SdpName, _variant.PlayoutDelay).ConfigureAwait(false);
                times.Add(call.Times.FirstFrame - call.Times.Posted);
                await page.CloseAsync(call).ConfigureAwait(false);
            }

            return times;
        }
    }

    // One long call with a speaking voice: rates, loads, the ledger, and the latency that abs-capture-time tells.
    private async Task<CallSamples> SpeakAsync(IReadOnlyList<double> firstFrames, IReadOnlyList<double?> onsets, View view)
    {
        _progress("Measuring the idle server…");
        var idle = await LoadAsync(IdleTime).ConfigureAwait(false);
        var page = await _browser.OpenProbeAsync(_server.Address).ConfigureAwait(false);
        await using (page.ConfigureAwait(false))
        {
            var call = await page.CallAsync(Voice, _variant.SdpName, _variant.PlayoutDelay).ConfigureAwait(false);
            _progress($"Talking for {_settings.Seconds} s…");
            await Task.Delay(WarmUp).ConfigureAwait(false);
            await page.RecordPictureAsync(call, MouthRegion.Presenter).ConfigureAwait(false);
            var before = await page.VideoStatsAsync(call).ConfigureAwait(false);
            var load = await LoadAsync(TimeSpan.FromSeconds(_settings.Seconds)).ConfigureAwait(false);
            var after = await page.VideoStatsAsync(call).ConfigureAwait(false);
            var picture = await page.StopPictureAsync(call).ConfigureAwait(false);
            var ledger = await _server.Api.GetFramesAsync(call.Session).ConfigureAwait(false);
            var statistics = await _server.Api.GetStatisticsAsync(call.Session).ConfigureAwait(false)
                ?? throw new CallKitException("The session ended while it was measured. The server's last words:\n" + _server.Log);
            await page.CloseAsync(call).ConfigureAwait(false);

            var rate = (after.FramesDecoded - before.FramesDecoded) * 1000 / (after.At - before.At);
            return new CallSamples
            {
                FirstFrames = firstFrames,
                ByCaptureTime = CaptureLatency.Of(picture),
                ByOnset = onsets,
                Ledger = ledger,
                Sound = (statistics.GetProperty("frameMs").GetDouble(), statistics.GetProperty("lookAheadMs").GetDouble()),
                Gaps = Frames.Gaps(picture),
                FramesPerSecond = rate,
                Counts = statistics.GetProperty("counts").EnumerateObject().ToDictionary(c => c.Name, c => c.Value.GetInt64()),
                BrowserDropped = after.FramesDropped - before.FramesDropped,
                Cores = (load.Cores - idle.Cores, idle.Cores),
                BytesPerFrame = load.BytesPerSecond / rate,
                ResidentMiB = _server.ResidentBytes / (double)(1 << 20),
                Lips = (view.Lips.VideoLeadMs, view.Lips.Correlation),
                VoiceReturnMs = view.VoiceReturnMs,
                AudioBufferMs = view.BufferMs,
                AvOffsets = view.AvOffsets,
            };
        }
    }

    // Silence, a vowel, silence, …: the frame in which the mouth is seen to open.
    private async Task<List<double?>> OnsetsAsync()
    {
        var page = await _browser.OpenProbeAsync(_server.Address).ConfigureAwait(false);
        await using (page.ConfigureAwait(false))
        {
            var random = new Random(11);
            var call = await page.CallAsync("stimulus", _variant.SdpName, _variant.PlayoutDelay).ConfigureAwait(false);
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
    private async Task<View> ViewAsync()
    {
        var page = await _browser.OpenProbeAsync(_server.Address).ConfigureAwait(false);
        var viewer = await _browser.OpenProbeAsync(_server.Address).ConfigureAwait(false);
        await using (page.ConfigureAwait(false))
        await using (viewer.ConfigureAwait(false))
        {
            var call = await page.CallAsync(Voice, _variant.SdpName, _variant.PlayoutDelay).ConfigureAwait(false);
            var watch = await viewer.WatchAsync(call.Session, _variant.SdpName).ConfigureAwait(false);
            _progress($"Watching for {ViewTime.TotalSeconds:F0} s…");
            await page.RecordSoundAsync(call, microphone: true).ConfigureAwait(false);
            await viewer.RecordSoundAsync(watch).ConfigureAwait(false);
            await Task.Delay(ViewerWarmUp).ConfigureAwait(false);
            await viewer.RecordPictureAsync(watch, MouthRegion.Presenter).ConfigureAwait(false);
            await Task.Delay(ViewTime).ConfigureAwait(false);
            var picture = await viewer.StopPictureAsync(watch).ConfigureAwait(false);
            var sound = await viewer.StopSoundAsync(watch).ConfigureAwait(false);
            var said = await page.StopSoundAsync(call).ConfigureAwait(false);
            var heard = await viewer.AudioStatsAsync(watch).ConfigureAwait(false);
            await page.CloseAsync(call).ConfigureAwait(false);
            return new View(LipSync.Estimate(picture, sound.ToSamples()), SoundLag.Estimate(said, sound), heard.BufferMs, AvOffset.Of(picture));
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
        return new Load((_server.CpuTime - cpu).TotalSeconds / seconds, ((after - before - ((before - first) / Asked)) ?? 0) / seconds);
    }

    private sealed record Load(double Cores, double BytesPerSecond);

    private sealed record View(LipSyncResult Lips, double VoiceReturnMs, double BufferMs, IReadOnlyList<double> AvOffsets);
}
