namespace LiveAvatar.Inference.Packs;

/// <summary>A graph that keeps its contract.</summary>
/// <param name="Name">File name as in <c>pack.json</c>, for messages.</param>
/// <param name="Path">Full path.</param>
/// <param name="Contract">Its inputs and outputs besides states and skip maps.</param>
/// <param name="Skips">The skip maps it takes besides; empty for all but the frame decoder.</param>
/// <param name="States">Its <c>state_*</c> inputs; each has a <c>next_state_*</c> output of the same type and shape.</param>
/// <param name="InitialState">Numbers that fill a state at the start of a stream, 0 for those not named.</param>
internal sealed record LoadedGraph(
    string Name,
    string Path,
    GraphContract Contract,
    IReadOnlyList<TensorSpec> Skips,
    IReadOnlyList<TensorSpec> States,
    IReadOnlyDictionary<string, float> InitialState)
{
    /// <summary>The same graph quantised; null when the pack has none.</summary>
    internal LoadedGraph? Int8 { get; init; }

    /// <summary>All inputs but the states, in the order in which streams give them.</summary>
    internal IEnumerable<TensorSpec> FixedInputs => Contract.Inputs.Concat(Skips);
}
