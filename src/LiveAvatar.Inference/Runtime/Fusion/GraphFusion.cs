using LiveAvatar.Inference.Runtime.Operators;

namespace LiveAvatar.Inference.Runtime.Fusion;

/// <summary>Puts operators of ours in the place of groups of standard ones, when a graph is opened on a CPU.</summary>
/// <remarks>
/// A pack's graphs are standard ONNX and run anywhere. Each fusion knows its group by its shape, and leaves alone what is
/// built otherwise. What the groups read and write in memory costs more than what they calculate.
/// </remarks>
internal static class GraphFusion
{
    /// <summary>The graph with fused operators; null when it has no group of a known shape.</summary>
    /// <exception cref="InvalidDataException">It is no model.</exception>
    public static byte[]? Apply(ReadOnlySpan<byte> model)
    {
        var graph = new GraphEdit(model);
        var fused = WarpFusion.Apply(graph) + FeatureWarpFusion.Apply(graph) + PixelShuffleFusion.Apply(graph);
        return fused > 0 ? graph.Write(OperatorDomain.Name) : null;
    }
}
