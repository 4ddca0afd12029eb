using LiveAvatar.Inference.Runtime.Operators;

namespace LiveAvatar.Inference.Runtime.Fusion;

/// <summary>Puts <see cref="FeatureWarpOperator"/> in the place of the operators that warp feature maps.</summary>
/// <remarks>
/// <c>gather_rows</c> in models/training/faces/sampling.py, known by its shape: maps turned into rows of one pixel each
/// (Transpose, Reshape), four times looked up (Gather) and mixed, first along x, then along y, and turned back (Transpose).
/// </remarks>
internal static class FeatureWarpFusion
{
    /// <summary>Fuses all there are.</summary>
    /// <returns>How many.</returns>
    public static int Apply(GraphEdit graph)
    {
        var fused = 0;
        foreach (var corners in graph.Nodes.Where(node => node.Kind == "Gather").GroupBy(node => node.Inputs[0]).Where(group => group.Count() == 4).ToList())
        {
            if (TryFuse(graph, corners.Key, [.. corners], $"features_{fused}"))
            {
                fused++;
                graph.Prune();
            }
        }

        return fused;
    }

    private static bool TryFuse(GraphEdit graph, string rows, GraphNode[] corners, string name)
    {
        // Corner 1 less corner 0, times how far to the right, added to corner 0; the same of 2 and 3; the same of both, downwards.
        var maps = graph.Above(rows, "Reshape") is { } reshape && graph.Above(reshape.Inputs[0], "Transpose") is { } turn && turn.Outputs[0] == reshape.Inputs[0] ? turn.Inputs[0] : null;
        if (maps is null || Mixed(graph, corners[1], corners[0]) is not { } above || Mixed(graph, corners[3], corners[2]) is not { } below
            || Mixed(graph, below.Sum, above.Sum) is not { } mixed || graph.Below(mixed.Sum.Outputs[0], "Transpose") is not { } result
            || Place(graph, above.Part, column: 0) is not { } places || Place(graph, mixed.Part, column: 1) != places)
        {
            return false;
        }

        graph.Nodes.Insert(graph.Nodes.IndexOf(result), GraphNode.Make("WarpFeatures", name, [maps, places], name, OperatorDomain.Name));
        graph.Replace(result.Outputs[0], name);
        return true;
    }

    // from + part * (to - from); null when the two are not mixed so.
    private static (GraphNode Sum, string Part)? Mixed(GraphEdit graph, GraphNode to, GraphNode from)
    {
        var difference = graph.Users(to.Outputs[0]).FirstOrDefault(user => user.Kind == "Sub" && user.Inputs[0] == to.Outputs[0] && user.Inputs[1] == from.Outputs[0]);
        return difference is not null && graph.Users(difference.Outputs[0]) is [{ Kind: "Mul" } product] && product.Inputs[1] == difference.Outputs[0]
            && graph.Users(product.Outputs[0]) is [{ Kind: "Add" } sum] && sum.Inputs[0] == from.Outputs[0]
            ? (sum, product.Inputs[0])
            : null;
    }

    // What a part comes from: one column of the places, clipped.
    private static string? Place(GraphEdit graph, string part, long column) =>
        graph.Above(part, "Clip") is { } clip && graph.Above(clip.Inputs[0], "Gather") is { } chosen && chosen.Outputs[0] == clip.Inputs[0]
        && graph.Integers(chosen.Inputs[1]) is [var index] && index == column
            ? chosen.Inputs[0]
            : null;
}
