using LiveAvatar.CallKit;
using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using LiveAvatar.Media.Video;
using LiveAvatar.Results;
using LiveAvatar.StageBench.Input;
using LiveAvatar.StageBench.Stages;

namespace LiveAvatar.StageBench;

/// <summary>Every stage of the pipeline alone: first all outputs are looked at, then all are timed, with what they allocate.</summary>
public static class StageRun
{
    /// <summary>Checks and times. Nothing else may run in this process meanwhile: its allocations would be counted too.</summary>
    /// <param name="settings">What and for how long.</param>
    /// <param name="progress">Is told what is going on.</param>
    /// <exception cref="StageException">A check failed, and nothing was timed; or the stages cannot be set up.</exception>
    public static StageReport Measure(StageSettings settings, Action<string> progress)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(progress);
        var machine = Machine.Describe("none");
        try
        {
            progress("Loading the pack");
            var speech = new Speech(settings.Voice);
            using var presenter = new Presenter(
                settings.Pack, Enum.Parse<ProviderPreference>(settings.Provider, ignoreCase: true), speech, settings.Effort == Effort.Smoke ? 25 : 100);
            var stages = All(speech, presenter);
            try
            {
                Stage[] wanted = [.. stages.Where(stage => stage.Name.Contains(settings.Filter, StringComparison.OrdinalIgnoreCase))];
                if (wanted.Length == 0)
                {
                    throw new StageException($"No stage is called '{settings.Filter}'. There are: {string.Join(", ", stages.Select(stage => stage.Name))}.");
                }

                var provider = presenter.Engine.ProviderReport.Rung;
                var found = CheckAndTime(wanted, new StageTimer(settings.Effort, settings.Work), provider != ProviderRung.Cpu, progress);
                return new StageReport(Describe(settings, machine, presenter.Manifest, provider, found), found);
            }
            finally
            {
                Array.ForEach(stages, stage => stage.Dispose());
            }
        }
        catch (Exception e) when (e is ModelPackException or CodecException or NativeCodecException or SoundFileException or IOException or UnauthorizedAccessException)
        {
            throw new StageException(e.Message, e);
        }
    }

    /// <summary>Checks all stages, then times them one by one.</summary>
    /// <param name="stages">In their order.</param>
    /// <param name="timer">Times one.</param>
    /// <param name="modelsMayAllocate">Whether the models run on a GPU.</param>
    /// <param name="progress">Is told what is going on.</param>
    internal static IReadOnlyList<StageMeasurement> CheckAndTime(IReadOnlyList<Stage> stages, StageTimer timer, bool modelsMayAllocate, Action<string> progress)
    {
        foreach (var stage in stages)
        {
            progress($"Checking {stage.Name}");
            stage.Check();
        }

        var found = new List<StageMeasurement>();
        foreach (var stage in stages)
        {
            progress($"Timing {stage.Name}");
            found.Add(timer.Measure(stage, stage.RunsModels && modelsMayAllocate));
        }

        return found;
    }

    private static Stage[] All(Speech speech, Presenter presenter) =>
    [
        new SrtpReceive(speech),
        new Jitter(speech),
        new OpusDecode(speech),
        new Resample(speech),
        new Listen(presenter),
        new Draw(presenter),
        new VideoEncode(presenter, VideoCodec.Vp8),
        new VideoEncode(presenter, VideoCodec.H264),
        new VideoPackets(presenter),
        new UdpSend(presenter),
    ];

    private static RunResult Describe(
        StageSettings settings, Machine machine, PackManifest pack, ProviderRung provider, IReadOnlyList<StageMeasurement> found) => new()
    {
        Kind = "stages",
        Date = TimeProvider.System.GetUtcNow(),
        Commit = Checkout.DescribeCommit(),
        Machine = machine,
        Pack = $"{pack.Name} {pack.Version}",
        Provider = provider.ToString(),
        Settings = new Dictionary<string, string>
        {
            ["effort"] = settings.Effort.ToString().ToLowerInvariant(),
            ["filter"] = settings.Filter,
            ["voice"] = Path.GetFileName(settings.Voice),
        },
        Metrics = StageMetrics.Of(found),
    };
}
