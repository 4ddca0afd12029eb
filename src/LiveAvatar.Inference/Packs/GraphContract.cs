namespace LiveAvatar.Inference.Packs;

/// <summary>The inputs and outputs docs/model-pack.md wants of one graph, with the sizes of one manifest filled in.</summary>
/// <param name="Inputs">Inputs besides states and skip maps.</param>
/// <param name="Outputs">Outputs besides states and skip maps.</param>
/// <param name="InputPrefix">Prefix of further inputs, whose number and shapes are the graph's own affair; empty if there are none.</param>
/// <param name="OutputPrefix">Prefix of further outputs, likewise.</param>
internal sealed record GraphContract(TensorSpec[] Inputs, TensorSpec[] Outputs, string InputPrefix, string OutputPrefix)
{
    internal const string StatePrefix = "state_";
    internal const string NextStatePrefix = "next_state_";
    internal const string SkipPrefix = "skip_";
    internal const int PoseSize = 6; // yaw, pitch, roll, x, y, z

    internal static GraphContract SpeechEncoder(PackManifest pack) => new(
        [Float("pcm", pack.Audio.ChunkSamples)],
        pack.SpeakerState.Count == 0
            ? [Features(pack)]
            : [Features(pack), Float("speaker_state", pack.SpeakerState.Count)],
        StatePrefix, NextStatePrefix);

    internal static GraphContract ContextEncoder(PackManifest pack) => new(
        [
            Features(pack),
            Float("emotion", pack.Emotions.Count),
            Float("pose", PoseSize),
            Float("pose_weight", 1),
            Float("noise", pack.Sizes.Noise),
        ],
        [Float("context", pack.Sizes.Context), Float("noise_code", pack.Sizes.Noise), Float("motion", pack.Motion.Count)],
        StatePrefix, NextStatePrefix);

    internal static GraphContract IdentityEncoder(PackManifest pack) => new(
        [Float("portrait", 3, pack.Video.Height, pack.Video.Width)],
        [Float("identity", pack.Sizes.Identity)],
        "", SkipPrefix);

    internal static GraphContract FrameDecoder(PackManifest pack) => new(
        [
            Float("motion", pack.Motion.Count),
            Float("context", pack.Sizes.Context),
            Float("emotion", pack.Emotions.Count),
            Float("noise_code", pack.Sizes.Noise),
            Float("identity", pack.Sizes.Identity),
        ],
        [TensorSpec.Of("frame", ElementType.UInt8, pack.Video.Height * 3 / 2, pack.Video.Width)],
        SkipPrefix, "");

    private static TensorSpec Features(PackManifest pack) => Float("features", pack.Audio.FeaturesPerChunk, pack.Audio.FeatureSize);

    private static TensorSpec Float(string name, params ReadOnlySpan<long> tail) => TensorSpec.Of(name, ElementType.Float32, tail);
}
