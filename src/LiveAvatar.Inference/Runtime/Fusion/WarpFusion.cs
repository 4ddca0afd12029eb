using LiveAvatar.Inference.Runtime.Operators;

namespace LiveAvatar.Inference.Runtime.Fusion;

/// <summary>Puts <see cref="WarpOperator"/> in the place of the operators that warp the finished planes.</summary>
/// <remarks>
/// In the frame decoder some thirty operators (gather_warp in models/training/faces/sampling.py, and the enlarging of the
/// places before it) each read and write the whole picture: half of its time on one core. They are known by their shape: look-ups in a skip map, at places that a Resize has enlarged,
/// made into planes by a Reshape; those planes are rounded to bytes, and seen by what mends them. A graph that is built
/// otherwise runs as it is. What mends sees the rounded bytes, within 1/510 of what it saw.
/// </remarks>
internal static class WarpFusion
{
    private const int Float32 = 1; // TensorProto.DataType

    /// <summary>Fuses all there are.</summary>
    /// <returns>How many.</returns>
    public static int Apply(GraphEdit graph)
    {
        var planes = graph.Nodes
            .Where(node => node.Kind == "GatherElements" && node.Inputs[0].StartsWith(Packs.GraphContract.SkipPrefix, StringComparison.Ordinal))
            .GroupBy(node => graph.Below(node.Outputs[0], "Reshape"))
            .ToList();
        var fused = 0;
        foreach (var looked in planes)
        {
            if (looked.Key is { } plane && TryFuse(graph, plane, [.. looked.Select(node => node.Inputs[0]).Distinct()], looked.First().Inputs[1], $"warp_{fused}"))
            {
                fused++;
                graph.Prune();
            }
        }

        return fused;
    }

    private static bool TryFuse(GraphEdit graph, GraphNode plane, string[] tables, string index, string name)
    {
        var shape = graph.Integers(plane.Inputs[1]);
        var whole = plane.Outputs[0];
        var rounded = graph.Users(whole).FirstOrDefault(user => user.Kind == "Mul" && graph.Below(user.Outputs[0], "Round") is not null);
        var seen = graph.Users(whole).FirstOrDefault(user => user.Kind == "Slice");
        if (graph.Above(index, "Resize") is not { } enlarge || shape is not [_, _, var height, var width] || height != width || height > PlaneWarp.MaxSize
            || rounded is null || seen is null || graph.Below(rounded.Outputs[0], "Cast") is not { } bytes || graph.Users(whole).Count != 2)
        {
            return false;
        }

        // The head's part, as the mending sees it: rows, then columns.
        var last = seen;
        while (graph.Users(last.Outputs[0]) is [{ Kind: "Slice" } next])
        {
            last = next;
        }

        List<GraphNode> made = [.. tables.Select(table => GraphNode.Make("Warp", $"{name}/{table}", [enlarge.Inputs[0], table], $"{name}/{table}", OperatorDomain.Name).With("size", height))];
        var picture = made[0].Outputs[0];
        if (made.Count > 1)
        {
            picture = $"{name}/planes";
            made.Add(GraphNode.Make("Concat", picture, made.Select(node => node.Outputs[0]).ToArray(), picture).With("axis", 1));
        }

        var (part, partBytes) = (last.Outputs[0], $"{name}/part");
        graph.Replace(bytes.Outputs[0], picture);
        seen.Inputs[0] = picture;
        last.Outputs[0] = partBytes;
        graph.Nodes.InsertRange(
            graph.Nodes.IndexOf(last) + 1,
            [
                GraphNode.Make("Constant", $"{name}/unit", [], $"{name}/unit").With("value_float", 1 / 255f),
                GraphNode.Make("Cast", $"{name}/float", [partBytes], $"{name}/float").With("to", Float32),
                GraphNode.Make("Mul", $"{name}/scaled", [$"{name}/float", $"{name}/unit"], part),
            ]);
        graph.Nodes.InsertRange(graph.Nodes.IndexOf(seen), made);
        return true;
    }
}
