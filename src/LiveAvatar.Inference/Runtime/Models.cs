using System.Collections.Concurrent;
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
    private ProviderRung _rung;
    private InferenceOptions? _options;
    private bool _binds;

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

    internal ConcurrentDictionary<string, AvatarMaps> Avatars { get; } = new(StringComparer.Ordinal);

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

    /// <summary>An avatar's identity and skip maps, to be released after use.</summary>
    /// <exception cref="KeyNotFoundException">There is no such avatar.</exception>
    internal AvatarMaps Use(string avatar) =>
        Avatars.TryGetValue(avatar, out var maps) && maps.TryUse() ? maps : throw new KeyNotFoundException($"There is no avatar '{avatar}'.");

    /// <summary>Makes an avatar of a portrait while others are drawn.</summary>
    /// <returns>False when there is one of this name.</returns>
    /// <exception cref="ModelStepException">The identity encoder failed or its numbers are not finite.</exception>
    internal bool TryAdd(AvatarInfo info, float[] portrait)
    {
        using var session = Providers.Options(_rung, _options!, Pack.IdentityEncoder, batch: 1);
        using var encoder = new GraphSession(Pack.IdentityEncoder, session, _binds);
        var maps = Encode(encoder, info, portrait);
        if (Avatars.TryAdd(info.Name, maps))
        {
            return true;
        }

        maps.Release();
        return false;
    }

    /// <summary>Takes an avatar away; who draws it goes on.</summary>
    internal bool TryRemove(string name)
    {
        if (!Avatars.TryRemove(name, out var maps))
        {
            return false;
        }

        maps.Release();
        return true;
    }

    public void Dispose()
    {
        foreach (var session in _sessions)
        {
            session.Dispose();
        }

        foreach (var avatar in Avatars.Values)
        {
            avatar.Release();
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
            (models._rung, models._options, models._binds) = (rung, options, binds);
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
            var session = new GraphSession(graph, sessionOptions, bindsInPlace, fuses: rung == ProviderRung.Cpu && MaxBatch == 1);
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
        for (var i = 0; i < portraits.Count; i++)
        {
            var avatar = Pack.Manifest.Avatars[i];
            Avatars[avatar.Name] = Encode(encoder, new AvatarInfo(avatar.Name, avatar.DisplayName, avatar.Description, Pack.Portraits[i]), portraits[i]);
        }
    }

    private AvatarMaps Encode(GraphSession encoder, AvatarInfo info, float[] portrait)
    {
        using var picture = new TensorBuffer(encoder.Graph.Contract.Inputs[0]);
        var maps = new AvatarMaps(info, [new TensorBuffer(encoder.Graph.Contract.Outputs[0]) { IsConstant = true }, .. Pack.FrameDecoder.Skips.Select(skip => new TensorBuffer(skip) { IsConstant = true })]);
        try
        {
            portrait.CopyTo(picture.Floats);
            using var step = new GraphStep(encoder, [picture], maps.Tensors);
            step.Run();
            foreach (var tensor in maps.Tensors)
            {
                Finite.Require(tensor, encoder.Graph.Name);
            }

            return maps;
        }
        catch
        {
            maps.Release();
            throw;
        }
    }

    private void Prove()
    {
        using var stream = new AvatarStream(this, Pack.Manifest.Avatars[0].Name, seed: 0);
        stream.Listen(new float[Pack.Manifest.Audio.ChunkSamples], default);
        stream.Draw(new byte[Pack.Manifest.Video.FrameBytes]);
    }
}
