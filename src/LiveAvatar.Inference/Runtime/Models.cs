using LiveAvatar.Inference.Packs;
using Microsoft.ML.OnnxRuntime;

namespace LiveAvatar.Inference.Runtime;

/// <summary>The four graphs of a pack on one rung, and what the identity encoder made of every portrait.</summary>
internal sealed class Models : IDisposable
{
    private const int GpuBatch = 16; // streams of one run where nothing else is asked for

    private readonly List<GraphSession> _sessions = [];
    private readonly List<RefusedGraph> _refused = [];
    private readonly PrecisionChoice _choice;

    private Models(ModelPack pack, int maxBatch, PrecisionChoice choice)
    {
        Pack = pack;
        MaxBatch = maxBatch;
        _choice = choice;
    }

    /// <summary>Most streams that share one run.</summary>
    internal int MaxBatch { get; }

    internal ModelPack Pack { get; }

    /// <summary>Which numbers the graphs of a call calculate with.</summary>
    internal PrecisionReport Precision
    {
        get
        {
            var running = _sessions.Select(session => session.Graph).Intersect(Pack.Int8Graphs).Select(twin => twin.Name).ToList();
            return new PrecisionReport(running, running.Count == 0 && _refused.Count > 0 ? "the pack's int8 graphs do not run" : _choice.Reason, _refused);
        }
    }

    internal GraphSession SpeechEncoder { get; private set; } = null!;

    internal GraphSession ContextEncoder { get; private set; } = null!;

    internal GraphSession FrameDecoder { get; private set; } = null!;

    internal Dictionary<string, AvatarMaps> Avatars { get; } = new(StringComparer.Ordinal);

    /// <summary>Builds the sessions, encodes the portraits and runs every graph once, so that a rung that cannot work shows it now.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="rung">The rung.</param>
    /// <param name="options">Threads, device and engine cache.</param>
    /// <param name="portraits">RGB planes per avatar, in the manifest's order.</param>
    /// <param name="bindsInPlace">False to hand values over anew at each run, as is always done on a GPU.</param>
    internal static Models Build(
        ModelPack pack, ProviderRung rung, InferenceOptions options, IReadOnlyList<float[]> portraits, bool bindsInPlace = true)
    {
        var batch = options.MaxBatch ?? (rung == ProviderRung.Cpu ? 1 : GpuBatch);
        var choice = PrecisionChoice.Of(rung, options.Precision, batch, pack.Int8Graphs.Any(), Int8Instructions.Find());
        var binds = rung == ProviderRung.Cpu && bindsInPlace;
        try
        {
            return Build(new Models(pack, batch, choice), rung, options, portraits, binds);
        }
        catch (ModelStepException error) when (choice.Int8)
        {
            // Whichever graph it was, the full ones are the pack's own word on what is right; they fail by themselves if they must.
            var full = new Models(pack, batch, choice with { Int8 = false });
            full._refused.AddRange(pack.Int8Graphs.Select(twin => new RefusedGraph(twin.Name, error.Message)));
            return Build(full, rung, options, portraits, binds);
        }
    }

    /// <summary>An avatar's identity and skip maps.</summary>
    /// <exception cref="KeyNotFoundException">The pack has no such avatar.</exception>
    internal AvatarMaps Find(string avatar) =>
        Avatars.TryGetValue(avatar, out var maps) ? maps : throw new KeyNotFoundException($"The pack has no avatar '{avatar}'.");

    public void Dispose()
    {
        foreach (var session in _sessions)
        {
            session.Dispose();
        }

        foreach (var avatar in Avatars.Values)
        {
            avatar.Dispose();
        }
    }

    private static Models Build(Models models, ProviderRung rung, InferenceOptions options, IReadOnlyList<float[]> portraits, bool binds)
    {
        var pack = models.Pack;
        try
        {
            models.SpeechEncoder = models.OpenBest(pack.SpeechEncoder, rung, options, binds);
            models.ContextEncoder = models.OpenBest(pack.ContextEncoder, rung, options, binds);
            models.FrameDecoder = models.OpenBest(pack.FrameDecoder, rung, options, binds);
            using var session = Providers.Options(rung, options, pack.IdentityEncoder, batch: 1);
            using var identityEncoder = new GraphSession(pack.IdentityEncoder, session, binds);
            models.EncodePortraits(identityEncoder, portraits);
            models.Prove();
            return models;
        }
        catch
        {
            models.Dispose();
            throw;
        }
    }

    /// <summary>Opens the quantised twin where one is to run, and the full graph where there is none or ONNX Runtime refuses it.</summary>
    private GraphSession OpenBest(LoadedGraph graph, ProviderRung rung, InferenceOptions options, bool binds)
    {
        if (_choice.Int8 && graph.Int8 is { } twin)
        {
            try
            {
                return Open(twin, rung, options, binds);
            }
            catch (ModelPackException error)
            {
                _refused.Add(new RefusedGraph(twin.Name, error.Message));
            }
        }

        return Open(graph, rung, options, binds);
    }

    private GraphSession Open(LoadedGraph graph, ProviderRung rung, InferenceOptions options, bool bindsInPlace)
    {
        try
        {
            using var sessionOptions = Providers.Options(rung, options, graph, MaxBatch);
            var session = new GraphSession(graph, sessionOptions, bindsInPlace);
            _sessions.Add(session);
            if (MaxBatch > 1)
            {
                session.StartBatching(graph.FixedInputs, graph.Contract.Outputs, MaxBatch);
            }

            return session;
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelPackException($"{graph.Name} is refused by ONNX Runtime ({error.Message}): export it again.", error);
        }
    }

    private void EncodePortraits(GraphSession encoder, IReadOnlyList<float[]> portraits)
    {
        using var portrait = new TensorBuffer(encoder.Graph.Contract.Inputs[0]);
        for (var i = 0; i < portraits.Count; i++)
        {
            var avatar = Pack.Manifest.Avatars[i];
            var info = new AvatarInfo(avatar.Name, avatar.DisplayName, avatar.Description, Pack.Portraits[i]);
            var maps = new AvatarMaps(info, [new TensorBuffer(encoder.Graph.Contract.Outputs[0]) { IsConstant = true }, .. Pack.FrameDecoder.Skips.Select(skip => new TensorBuffer(skip) { IsConstant = true })]);
            Avatars.Add(avatar.Name, maps);
            portraits[i].CopyTo(portrait.Floats);
            using var step = new GraphStep(encoder, [portrait], maps.Tensors);
            step.Run();
            foreach (var tensor in maps.Tensors)
            {
                Finite.Require(tensor, encoder.Graph.Name);
            }
        }
    }

    private void Prove()
    {
        using var stream = new AvatarStream(this, Pack.Manifest.Avatars[0].Name, seed: 0);
        stream.Listen(new float[Pack.Manifest.Audio.ChunkSamples], default);
        stream.Draw(new byte[Pack.Manifest.Video.FrameBytes]);
    }
}
