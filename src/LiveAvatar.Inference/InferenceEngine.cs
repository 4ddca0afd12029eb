using System.Collections.Immutable;
using LiveAvatar.Inference.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace LiveAvatar.Inference;

/// <summary>Runs a model pack on the best rung of the ladder TensorRT, CUDA, CPU that works on this machine.</summary>
/// <remarks>Thread-safe; its streams are not. Streams are disposed before the engine.</remarks>
public sealed class InferenceEngine : IDisposable
{
    private const int WarmUpFrames = 5; // enough for the JIT's first tier and for ONNX Runtime's arenas to reach their size

    private readonly Models _models;
    private ImmutableArray<AvatarInfo> _added = [];

    /// <summary>Reads the portraits, then goes down the ladder until a rung runs all graphs.</summary>
    /// <exception cref="ModelPackException">A portrait cannot be read, or a graph cannot be run even on the CPU.</exception>
    public InferenceEngine(ModelPack pack, InferenceOptions options, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(pack);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.IntraOpThreads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBatch ?? 1, 1, nameof(options));
        Pack = pack;
        (_models, ProviderReport) = Descend(pack, options);
        Log.EngineReady(logger, pack.Manifest.Name, pack.Manifest.Version, ProviderReport, PrecisionReport);
        foreach (var (graph, reason) in PrecisionReport.Refused)
        {
            Log.Int8Refused(logger, graph, reason);
        }

        if (pack.Manifest.DiffusionDecoder is { } unused)
        {
            Log.DiffusionDecoderIgnored(logger, unused.File);
        }
    }

    /// <summary>The pack that runs.</summary>
    public ModelPack Pack { get; }

    /// <summary>The rung taken and why those above it were not.</summary>
    public ProviderReport ProviderReport { get; }

    /// <summary>Which numbers the graphs calculate with, and why.</summary>
    public PrecisionReport PrecisionReport => _models.Precision;

    /// <summary>The avatars: the pack's in the manifest's order, then those that were added.</summary>
    public IReadOnlyList<AvatarInfo> Avatars => [.. Pack.Manifest.Avatars.Select(avatar => _models.Avatars[avatar.Name].Info), .. _added];

    /// <summary>Adds an avatar while others are drawn; takes some tenths of a second.</summary>
    /// <param name="info">Its name and where its portrait is.</param>
    /// <param name="portrait">RGB planes 0…1, 3 × height × width numbers.</param>
    /// <returns>False when there is one of this name.</returns>
    /// <exception cref="NotSupportedException">The pack makes avatars of its own portraits alone.</exception>
    /// <exception cref="ModelStepException">Nothing finite came of the portrait.</exception>
    public bool TryAddAvatar(AvatarInfo info, float[] portrait)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(portrait);
        if (!Pack.Manifest.AcceptsPortraits)
        {
            throw new NotSupportedException($"The pack {Pack.Manifest.Name} {Pack.Manifest.Version} draws the people it was trained on and no others.");
        }

        var added = _models.TryAdd(info, portrait);
        if (added)
        {
            ImmutableInterlocked.Update(ref _added, (list, one) => list.Add(one), info);
        }

        return added;
    }

    /// <summary>Takes away an avatar that was added; streams that draw it go on.</summary>
    /// <returns>False when none of this name was added.</returns>
    public bool TryRemoveAvatar(string name)
    {
        if (_added.FirstOrDefault(avatar => avatar.Name == name) is not { } info)
        {
            return false;
        }

        ImmutableInterlocked.Update(ref _added, (list, one) => list.Remove(one), info);
        return _models.TryRemove(name);
    }

    /// <summary>Bytes of one I420 picture.</summary>
    public int FrameBytes => Pack.Manifest.Video.FrameBytes;

    /// <summary>Threads that should call streams: one per core, or twice the batch where runs are shared, so that the next batch collects while one runs.</summary>
    public int RecommendedWorkers => _models.MaxBatch == 1 ? Environment.ProcessorCount : 2 * _models.MaxBatch;

    /// <summary>A new stream at the start of its state.</summary>
    /// <param name="avatar">Name of the avatar.</param>
    /// <param name="seed">Seed of the stream's noise.</param>
    /// <exception cref="KeyNotFoundException">The pack has no such avatar.</exception>
    public AvatarStream CreateStream(string avatar, int seed)
    {
        ArgumentNullException.ThrowIfNull(avatar);
        return new AvatarStream(_models, avatar, seed);
    }

    /// <summary>Draws an avatar in motion that is given instead of heard.</summary>
    /// <exception cref="KeyNotFoundException">The pack has no such avatar.</exception>
    public MotionDrawer CreateMotionDrawer(string avatar)
    {
        ArgumentNullException.ThrowIfNull(avatar);
        return new MotionDrawer(_models, avatar);
    }

    /// <summary>Draws a few frames of silence, so that the first call of a user is not the slow one.</summary>
    public void WarmUp()
    {
        using var stream = CreateStream(Pack.Manifest.Avatars[0].Name, seed: 0);
        var silence = new float[Pack.Manifest.Audio.ChunkSamples];
        var picture = new byte[FrameBytes];
        for (var i = 0; i < WarmUpFrames; i++)
        {
            stream.Listen(silence, default);
            stream.Draw(picture);
        }
    }

    /// <summary>Frees the sessions; all streams must have been disposed.</summary>
    public void Dispose() => _models.Dispose();

    private static (Models Models, ProviderReport Report) Descend(ModelPack pack, InferenceOptions options)
    {
        var version = Providers.Environment().GetVersionString();
        var portraits = ReadPortraits(pack, options.ReadPortrait);
        var refused = new List<RefusedRung>();
        foreach (var rung in Providers.GpuRungs(options.ProviderPreference))
        {
            try
            {
                if (Providers.Obstacle(rung) is not { } obstacle)
                {
                    return (Models.Build(pack, rung, options, portraits), new ProviderReport(rung, refused, version));
                }

                refused.Add(new RefusedRung(rung, obstacle));
            }
            catch (Exception error)
            {
                // Whatever a GPU's driver, libraries or memory lack, the server starts without it.
                refused.Add(new RefusedRung(rung, OneLine(error)));
            }
        }

        try
        {
            return (Models.Build(pack, ProviderRung.Cpu, options, portraits), new ProviderReport(ProviderRung.Cpu, refused, version));
        }
        catch (Exception error) when (error is ModelStepException or OnnxRuntimeException)
        {
            throw new ModelPackException($"The pack '{pack.Manifest.Name}' cannot be run ({OneLine(error)}): export it again.", error);
        }
    }

    private static List<float[]> ReadPortraits(ModelPack pack, Func<string, int, int, float[]> read)
    {
        var (width, height) = (pack.Manifest.Video.Width, pack.Manifest.Video.Height);
        var portraits = new List<float[]>();
        for (var i = 0; i < pack.Portraits.Count; i++)
        {
            var name = pack.Manifest.Avatars[i].Portrait;
            float[] planes;
            try
            {
                planes = read(pack.Portraits[i], width, height);
            }
            catch (Exception error)
            {
                throw new ModelPackException($"{name} cannot be read as a picture ({error.Message}): replace it by a PNG or JPEG file of {width} x {height} pixels.", error);
            }

            if (planes.Length != 3 * width * height || Array.Exists(planes, value => !(value >= 0 && value <= 1)))
            {
                throw ModelPackException.Unfit(name, $"read as {planes.Length} numbers", $"{3 * width * height} numbers from 0 to 1", $"replace it by a PNG or JPEG file of {width} x {height} pixels");
            }

            portraits.Add(planes);
        }

        return portraits;
    }

    private static string OneLine(Exception error) => error.Message.ReplaceLineEndings(" ").Trim();
}
