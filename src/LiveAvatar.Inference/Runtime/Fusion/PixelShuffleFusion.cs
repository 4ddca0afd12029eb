using LiveAvatar.Inference.Runtime.Operators;

namespace LiveAvatar.Inference.Runtime.Fusion;

/// <summary>Puts <see cref="PixelShuffleOperator"/> in the place of DepthToSpace, mode CRD.</summary>
internal static class PixelShuffleFusion
{
    /// <summary>Exchanges all there are.</summary>
    /// <returns>How many.</returns>
    public static int Apply(GraphEdit graph)
    {
        var exchanged = 0;
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            var node = graph.Nodes[i];
            if (node.Kind == "DepthToSpace" && node.ReadText("mode") == "CRD" && node.ReadInteger("blocksize") is { } block)
            {
                graph.Nodes[i] = GraphNode.Make("PixelShuffle", $"shuffle_{exchanged++}", node.Inputs, node.Outputs[0], OperatorDomain.Name).With("blocksize", block);
            }
        }

        return exchanged;
    }
}
