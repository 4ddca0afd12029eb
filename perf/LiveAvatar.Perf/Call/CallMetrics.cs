using LiveAvatar.Results;

namespace LiveAvatar.Perf.Call;

/// <summary>Makes figures of what calls have shown, with the targets of the project.</summary>
internal sealed class CallMetrics(CallRun run)
{
    // What a stage is called in the waterfall.
    private static readonly IReadOnlyList<(string Stage, string Title, StepKind Kind)> ServerSteps =
    [
        ("receive", "waiting in the socket", StepKind.Wait),
        ("decode", "jitter buffer, Opus, 16 kHz", StepKind.Work),
        ("inference_wait", "waiting for a worker", StepKind.Wait),
        ("listen", "speech and context encoders", StepKind.Work),
        ("draw", "frame decoder", StepKind.Work),
        ("encode_wait", "waiting for the encoder", StepKind.Wait),
        ("encode", "video encoder", StepKind.Work),
        ("send", "packetise, protect, send", StepKind.Work),
    ];

    /// <summary>All figures.</summary>
    public IReadOnlyList<Metric> All() =>
    [
        Metric.Single("call/ready", "process start to ready", "ms", Better.Lower, run.ReadyMs, RunResults.Most(3000)),
        .. run.Samples.SelectMany(variant => Of(variant.Variant, variant.Repeats)),
    ];

    /// <summary>
    /// Where the time of a frame goes: of the first variant, whose medians follow one another from the sound to the screen. Empty
    /// where its browser stamps no capture times.
    /// </summary>
    public IReadOnlyList<WaterfallStep> Waterfall()
    {
        if (!IsStamped(run.Samples[0].Repeats))
        {
            return [];
        }

        var repeats = run.Samples[0].Repeats;
        var frames = repeats.SelectMany(sample => sample.Ledger).Where(frame => frame.Fate == "sent").ToList();
        var photon = Distribution.Of(repeats.SelectMany(sample => sample.ByCaptureTime));
        var uplink = Distribution.Of(Uplink(repeats));
        var total = Distribution.Of(frames.Select(frame => frame.Stages["total"]));
        var (frameMs, lookAheadMs) = repeats[0].Sound;
        var rest = photon.P50 - uplink.P50 - (frameMs / 2) - lookAheadMs - total.P50;
        return
        [
            new WaterfallStep("rest of the frame's sound", StepKind.Sound, frameMs / 2, frameMs / 2),
            new WaterfallStep("look-ahead", StepKind.Sound, lookAheadMs, lookAheadMs),
            new WaterfallStep("microphone to server", StepKind.Outside, uplink.P50, uplink.P95),
            .. ServerSteps.Select(step =>
            {
                var times = Distribution.Of(frames.Select(frame => frame.Stages[step.Stage]));
                return new WaterfallStep(step.Title, step.Kind, times.P50, times.P95);
            }),
            new WaterfallStep("to the browser, decode, present", StepKind.Outside, Math.Round(rest, 1), Math.Round(Math.Max(rest, photon.P95 - photon.P50 + rest), 1)),
        ];
    }

    // From the capture of the last sample a frame needs (look-ahead included) to its packet's arrival; known once the clocks are tied.
    private static IEnumerable<double> Uplink(IReadOnlyList<CallSamples> repeats) => repeats.SelectMany(sample => sample.Ledger
        .Where(frame => frame.LastCapturedMs is not null)
        .Select(frame => frame.ReceivedMs - frame.LastCapturedMs!.Value - sample.Sound.LookAheadMs));

    private static bool IsStamped(IEnumerable<CallSamples> repeats) => repeats.Any(sample => sample.ByCaptureTime.Count > 0);

    private static IEnumerable<Metric> Of(CallVariant variant, IReadOnlyList<CallSamples> repeats)
    {
        var usual = variant is { Browser: "chromium", Codec: "vp8", PlayoutDelay: true };
        Target[] Wanted(params Target[] targets) => usual ? targets : [];

        Metric Many(string name, string title, Func<CallSamples, IEnumerable<double>> samples, params Target[] targets) =>
            Metric.Many($"call/{variant.Name}/{name}", $"{variant.Title}: {title}", "ms", Better.Lower, repeats.SelectMany(samples), Wanted(targets)) with
            {
                Repeats = repeats.Count > 1 ? [.. repeats.Select(repeat => Distribution.Of(samples(repeat)).P50)] : [],
            };

        Metric One(string name, string title, string unit, Better better, Func<CallSamples, double> value, params Target[] targets)
        {
            double[] values = [.. repeats.Select(value)];
            return Metric.Single($"call/{variant.Name}/{name}", $"{variant.Title}: {title}", unit, better, Distribution.Of(values).P50, Wanted(targets)) with
            {
                Repeats = repeats.Count > 1 ? values : [],
            };
        }

        if (IsStamped(repeats))
        {
            yield return Many("mic_to_photon/capture_time", "mic to photon, by capture time", sample => sample.ByCaptureTime, RunResults.Most(120, "p50"), RunResults.Most(160, "p95"));
        }

        yield return Many("mic_to_photon/onset", "mic to photon, by vowel onset", sample => sample.ByOnset.OfType<double>(), RunResults.Most(120, "p50"), RunResults.Most(160, "p95"));
        yield return One("onsets_missed", "vowels the mouth did not answer", "%", Better.Lower, sample => 100.0 * sample.ByOnset.Count(onset => onset is null) / sample.ByOnset.Count);
        yield return Many("server/total", "server, arrival to last byte sent", sample => Stage(sample, "total"), RunResults.Most(15, "p50"), RunResults.Most(30, "p99"));
        foreach (var (stage, title, _) in ServerSteps)
        {
            yield return Many($"server/{stage}", $"server: {title}", sample => Stage(sample, stage));
        }

        yield return Many("first_frame", "POST to first decoded frame", sample => sample.FirstFrames.Skip(1), RunResults.Most(300, "p50"), RunResults.Most(500, "p95"));
        yield return One("first_frame_cold", "POST to first decoded frame, first call", "ms", Better.Lower, sample => sample.FirstFrames[0]);
        yield return Many("frame_gap", "between presented frames", sample => sample.Gaps);
        yield return One("frame_rate", "frames decoded", "1/s", Better.Higher, sample => sample.FramesPerSecond, RunResults.Least(24.9));
        yield return One("dropped", "frames the server dropped", "", Better.Lower, sample => sample.Counts["frames_dropped"] + sample.Counts["frames_skipped"]);
        yield return One("browser_dropped", "frames the browser dropped", "", Better.Lower, sample => sample.BrowserDropped);
        yield return One("cores", "CPU of the session", "cores", Better.Lower, sample => sample.Cores.Call);
        yield return One("cores_idle", "CPU of the idle server", "cores", Better.Lower, sample => sample.Cores.Idle, RunResults.Most(0.1));
        yield return One("allocated", "managed memory allocated a frame, whole server", "bytes", Better.Lower, sample => sample.BytesPerFrame, RunResults.Most(100));
        yield return One("memory", "memory of the server in the call", "MiB", Better.Lower, sample => sample.ResidentMiB, RunResults.Most(350));
        yield return One("voice_return", "driver's sound to a viewer's ear", "ms", Better.Lower, sample => sample.VoiceReturnMs);
        if (IsStamped(repeats))
        {
            yield return Many("av_offset", "voice later than its picture at a viewer, by capture time", sample => sample.AvOffsets, new Target("p50", 0, 40));
            yield return One("av_outside", "pictures there whose voice is more than 45 ms early or 125 ms late", "%", Better.Lower,
                sample => 100.0 * sample.AvOffsets.Count(offset => offset is < -45 or > 125) / sample.AvOffsets.Count, RunResults.Most(1));
        }

        yield return One("lips_lead", "lips before voice at a viewer", "ms", Better.Neither, sample => sample.Lips.LeadMs, new Target("value", -45, 125));
        yield return One("lips_correlation", "correlation of lips and voice there", "", Better.Higher, sample => sample.Lips.Correlation);
        yield return One("audio_buffer", "sound held by the viewer's browser", "ms", Better.Lower, sample => sample.AudioBufferMs);
    }

    private static IEnumerable<double> Stage(CallSamples sample, string stage) =>
        sample.Ledger.Where(frame => frame.Fate == "sent").Select(frame => frame.Stages[stage]);
}
