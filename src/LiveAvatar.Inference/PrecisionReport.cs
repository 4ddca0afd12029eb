namespace LiveAvatar.Inference;

/// <summary>Which numbers the graphs of a call calculate with, and why.</summary>
/// <param name="Int8Graphs">File names of the quantised graphs that run; empty when all run with fp32.</param>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="Refused">Quantised graphs that should have run and could not.</param>
public sealed record PrecisionReport(IReadOnlyList<string> Int8Graphs, string Reason, IReadOnlyList<RefusedGraph> Refused)
{
    /// <summary>"int8" or "fp32", for a line that has no room for reasons.</summary>
    public string Name => Int8Graphs.Count > 0 ? "int8" : "fp32";

    /// <summary>One line for logs.</summary>
    public override string ToString() =>
        Int8Graphs.Count > 0 ? $"int8 ({Reason}): {string.Join(", ", Int8Graphs)}" : $"fp32 ({Reason})";
}

/// <summary>Why a quantised graph does not run.</summary>
/// <param name="Graph">Its file name.</param>
/// <param name="Reason">One sentence for the operator.</param>
public sealed record RefusedGraph(string Graph, string Reason);
