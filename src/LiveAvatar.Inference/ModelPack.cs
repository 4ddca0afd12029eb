using LiveAvatar.Inference.Packs;

namespace LiveAvatar.Inference;

/// <summary>A model pack whose manifest, files and graphs have been checked against docs/model-pack.md.</summary>
/// <remarks>
/// Loading reads the graphs' files but builds no session: that is <see cref="InferenceEngine"/>'s part, and so is reading
/// the portraits. Immutable.
/// </remarks>
public sealed class ModelPack
{
    private const long MaxPortraitBytes = 64L << 20;

    private ModelPack(string folder, PackManifest manifest)
    {
        Folder = folder;
        Manifest = manifest;
        var graphs = new GraphLoader(folder);
        SpeechEncoder = graphs.Load(manifest.SpeechEncoder, GraphContract.SpeechEncoder(manifest));
        ContextEncoder = graphs.Load(manifest.ContextEncoder, GraphContract.ContextEncoder(manifest));
        IdentityEncoder = graphs.LoadIdentityEncoder(manifest.IdentityEncoder, GraphContract.IdentityEncoder(manifest));
        FrameDecoder = graphs.LoadFrameDecoder(manifest.FrameDecoder, GraphContract.FrameDecoder(manifest));
        if (manifest.DiffusionDecoder is { } file)
        {
            graphs.Verify(file);
        }

        Portraits = [.. manifest.Avatars.Select(avatar => PackFiles.Verify(folder, avatar.Portrait, avatar.Sha256, MaxPortraitBytes))];
    }

    /// <summary>Full path of the pack's folder.</summary>
    public string Folder { get; }

    /// <summary>What <c>pack.json</c> says.</summary>
    public PackManifest Manifest { get; }

    /// <summary>The quantised twins the pack has.</summary>
    internal IEnumerable<LoadedGraph> Int8Graphs => new[] { SpeechEncoder.Int8, ContextEncoder.Int8, FrameDecoder.Int8 }.OfType<LoadedGraph>();

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
}
