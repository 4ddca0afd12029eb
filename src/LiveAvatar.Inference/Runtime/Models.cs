using LiveAvatar.Inference.Packs;
using Microsoft.ML.OnnxRuntime;

namespace LiveAvatar.Inference.Runtime;

/// <summary>The four graphs of a pack on one rung, and what the identity encoder made of every portrait.</summary>
internal sealed class Models : IDisposable
{
    private readonly List<GraphSession> _sessions = [];

    private Models(ModelPack pack) => Pack = pack;

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
        var models = new Models(pack);
        try
        {
            using var session = Providers.Options(rung, options);
            models.SpeechEncoder = models.Open(pack.SpeechEncoder, session, binds);
            models.ContextEncoder = models.Open(pack.ContextEncoder, session, binds);
            models.FrameDecoder = models.Open(pack.FrameDecoder, session, binds);
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

    public void Dispose()
    {
        foreach (var avatar in Avatars.Values)
        {
            avatar.Dispose();
        }

        foreach (var session in _sessions)
        {
            session.Dispose();
        }
    }

    private GraphSession Open(LoadedGraph graph, SessionOptions options, bool bindsInPlace)
    {
        try
        {
            var session = new GraphSession(graph, options, bindsInPlace);
            _sessions.Add(session);
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
            var maps = new AvatarMaps(info, [new TensorBuffer(encoder.Graph.Contract.Outputs[0]), .. Pack.Skips.Select(skip => new TensorBuffer(skip))]);
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
