using LiveAvatar.Inference.Packs;
using Microsoft.ML.OnnxRuntime;

namespace LiveAvatar.Inference.Runtime;

/// <summary>The four graphs of a pack on one rung, and what the identity encoder made of every portrait.</summary>
internal sealed class Models : IDisposable
{
    private const int GpuBatch = 16; // streams of one run where nothing else is asked for

    private readonly List<GraphSession> _sessions = [];

    private Models(ModelPack pack, int maxBatch)
    {
        Pack = pack;
        MaxBatch = maxBatch;
    }

    /// <summary>Most streams that share one run.</summary>
    internal int MaxBatch { get; }

    internal ModelPack Pack { get; }

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
        var binds = rung == ProviderRung.Cpu && bindsInPlace;
        var batch = options.MaxBatch ?? (rung == ProviderRung.Cpu ? 1 : GpuBatch);
        var models = new Models(pack, batch);
        try
        {
            models.SpeechEncoder = models.Open(pack.SpeechEncoder, rung, options, batch, binds);
            models.ContextEncoder = models.Open(pack.ContextEncoder, rung, options, batch, binds);
            models.FrameDecoder = models.Open(pack.FrameDecoder, rung, options, batch, binds);
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

    private GraphSession Open(LoadedGraph graph, ProviderRung rung, InferenceOptions options, int batch, bool bindsInPlace)
    {
        try
        {
            using var sessionOptions = Providers.Options(rung, options, graph, batch);
            var session = new GraphSession(graph, sessionOptions, bindsInPlace);
            _sessions.Add(session);
            if (batch > 1)
            {
                session.StartBatching(graph.FixedInputs, graph.Contract.Outputs, batch);
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
            var info = new AvatarInfo(avatar.Name, avatar.DisplayName, Pack.Portraits[i]);
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
