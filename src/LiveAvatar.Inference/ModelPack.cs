using LiveAvatar.Inference.Packs;

namespace LiveAvatar.Inference;

/// <summary>A model pack whose manifest, files and graphs have been checked against docs/model-pack.md.</summary>
/// <remarks>
/// Loading reads the graphs' files but builds no session: that is <see cref="InferenceEngine"/>'s part, and so is reading
/// the portraits. Immutable.
/// </remarks>
public sealed class ModelPack
{
    private const long MaxGraphBytes = 1L << 30; // protobuf itself ends at 2 GiB; packs are tens of MB
    private const long MaxPortraitBytes = 64L << 20;

    private ModelPack(string folder, PackManifest manifest)
    {
        Folder = folder;
        Manifest = manifest;
        SpeechEncoder = LoadGraph(folder, manifest.SpeechEncoder, GraphContract.SpeechEncoder(manifest), out _);
        ContextEncoder = LoadGraph(folder, manifest.ContextEncoder, GraphContract.ContextEncoder(manifest), out _);
        IdentityEncoder = LoadGraph(folder, manifest.IdentityEncoder, GraphContract.IdentityEncoder(manifest), out var encoder);
        var drawing = LoadGraph(folder, manifest.FrameDecoder, GraphContract.FrameDecoder(manifest), out var decoder);
        FrameDecoder = drawing with { Skips = GraphChecker.PairSkips(encoder, decoder) };
        Portraits = [.. manifest.Avatars.Select(avatar => PackFiles.Verify(folder, avatar.Portrait, avatar.Sha256, MaxPortraitBytes))];
    }

    /// <summary>Full path of the pack's folder.</summary>
    public string Folder { get; }

    /// <summary>What <c>pack.json</c> says.</summary>
    public PackManifest Manifest { get; }

    internal LoadedGraph SpeechEncoder { get; }

    internal LoadedGraph ContextEncoder { get; }

    internal LoadedGraph IdentityEncoder { get; }

    internal LoadedGraph FrameDecoder { get; }

    /// <summary>Full paths of the portraits, in the manifest's order.</summary>
    internal IReadOnlyList<string> Portraits { get; }

    /// <summary>Loads the pack in a folder and checks it.</summary>
    /// <exception cref="ModelPackException">The first rule that does not hold.</exception>
    public static ModelPack Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        try
        {
            var root = PackFiles.Root(folder);
            return new ModelPack(root, ManifestReader.Read(root));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelPackException($"The pack in '{folder}' cannot be read ({error.Message}): check its files and their permissions.", error);
        }
    }

    private static LoadedGraph LoadGraph(string folder, PackGraph graph, GraphContract contract, out GraphChecker checker)
    {
        var path = PackFiles.Verify(folder, graph.File, graph.Sha256, MaxGraphBytes);
        try
        {
            checker = new GraphChecker(graph.File, OnnxFile.Parse(File.ReadAllBytes(path)), contract);
        }
        catch (InvalidDataException error)
        {
            throw new ModelPackException($"{graph.File} is not an ONNX file because {error.Message}: export or copy it again.", error);
        }

        return new LoadedGraph(graph.File, path, contract, Skips: [], checker.Check(graph), graph.InitialState);
    }
}
