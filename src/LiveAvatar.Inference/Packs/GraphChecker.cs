namespace LiveAvatar.Inference.Packs;

/// <summary>Holds one graph's file to its contract: operators, names, types, shapes, and the pairing of states.</summary>
internal sealed class GraphChecker(string fileName, OnnxFile file, GraphContract contract)
{
    private const int Opset = 17;
    private const string Advice = "export the graph again as docs/model-pack.md describes";

    private readonly string _fileName = fileName;
    private readonly OnnxFile _file = file;

    /// <summary>Checks all but the skip maps and returns the states, whose shapes are complete but for the batch.</summary>
    /// <exception cref="ModelPackException">The first rule that does not hold.</exception>
    internal List<TensorSpec> Check(PackGraph manifest)
    {
        CheckOperators();
        CheckNames(contract.Inputs, _file.Inputs, "input", contract.InputPrefix);
        CheckNames(contract.Outputs, _file.Outputs, "output", contract.OutputPrefix);
        var states = CheckStates();
        foreach (var name in manifest.InitialState.Keys)
        {
            if (!states.Exists(state => state.Name == name))
            {
                throw new ModelPackException($"pack.json: initialState names '{name}', which {_fileName} does not have as an input: correct the name or remove it.");
            }
        }

        return states;
    }

    /// <summary>The skip maps of a list of inputs or outputs; types and shapes are complete but for the batch.</summary>
    internal List<TensorSpec> Skips(IReadOnlyList<TensorSpec> tensors)
    {
        var skips = tensors.Where(tensor => tensor.Name.StartsWith(GraphContract.SkipPrefix, StringComparison.Ordinal)).ToList();
        foreach (var skip in skips)
        {
            CheckBatch(skip);
            if (skip.Type != ElementType.Float32)
            {
                throw Unfit(skip.Name, skip.Described, "float32");
            }
        }

        return skips;
    }

    /// <summary>Holds the decoder's skip inputs to the identity encoder's skip outputs.</summary>
    internal static List<TensorSpec> PairSkips(GraphChecker encoder, GraphChecker decoder)
    {
        var made = encoder.Skips(encoder._file.Outputs).ToDictionary(skip => skip.Name, StringComparer.Ordinal);
        var taken = decoder.Skips(decoder._file.Inputs);
        foreach (var skip in taken)
        {
            if (!made.Remove(skip.Name, out var source))
            {
                throw new ModelPackException($"{decoder._fileName}: input '{skip.Name}' is no output of {encoder._fileName}: {Advice}.");
            }

            decoder.CheckClosed(skip);
            if (!Fits(source, skip))
            {
                throw encoder.Unfit(skip.Name, source.Described, $"{skip.Described} as {decoder._fileName} takes it");
            }
        }

        return made.Count == 0
            ? taken
            : throw new ModelPackException($"{encoder._fileName}: output '{made.Keys.First()}' is no input of {decoder._fileName}: {Advice}.");
    }

    /// <summary>Holds a quantised twin's states to those of the full graph: the contract, checked before, says nothing of them.</summary>
    internal static void PairStates(LoadedGraph full, LoadedGraph twin)
    {
        foreach (var state in full.States)
        {
            var found = twin.States.FirstOrDefault(other => other.Name == state.Name)
                ?? throw new ModelPackException($"{twin.Name}: input '{state.Name}' of {full.Name} is missing: quantise that very graph again.");
            if (found.Described != state.Described)
            {
                throw ModelPackException.Unfit($"{twin.Name}: {state.Name}", found.Described, $"{state.Described} as in {full.Name}", "quantise that very graph again");
            }
        }

        if (twin.States.FirstOrDefault(state => !full.States.Any(other => other.Name == state.Name)) is { } surplus)
        {
            throw new ModelPackException($"{twin.Name}: input '{surplus.Name}' is not one of {full.Name}: quantise that very graph again.");
        }
    }

    private void CheckOperators()
    {
        if (_file.Opset != Opset)
        {
            throw Unfit("its operator set", $"version {_file.Opset}", $"version {Opset}");
        }

        if (_file.ForeignOperator is { } foreign)
        {
            throw new ModelPackException($"{_fileName}: it uses {foreign}, but only standard ONNX operators are allowed: {Advice}.");
        }

        if (_file.ExternalTensor is { } tensor)
        {
            throw new ModelPackException($"{_fileName}: the numbers of '{tensor}' lie in another file, but a graph is one file: {Advice}.");
        }
    }

    private void CheckNames(TensorSpec[] wanted, IReadOnlyList<TensorSpec> found, string side, string freePrefix)
    {
        foreach (var spec in wanted)
        {
            var actual = found.FirstOrDefault(tensor => tensor.Name == spec.Name)
                ?? throw new ModelPackException($"{_fileName}: {side} '{spec.Name}' is missing, {spec.Described} is wanted: {Advice}.");
            CheckBatch(actual);
            // Exporters leave inner dimensions of outputs open; the engine's first run shows whether they come out right.
            if (side == "input")
            {
                CheckClosed(actual);
            }

            if (!Fits(actual, spec))
            {
                throw Unfit(spec.Name, actual.Described, spec.Described);
            }
        }

        foreach (var tensor in found)
        {
            var known = Array.Exists(wanted, spec => spec.Name == tensor.Name)
                || (freePrefix.Length > 0 && tensor.Name.StartsWith(freePrefix, StringComparison.Ordinal));
            if (!known)
            {
                throw new ModelPackException($"{_fileName}: {side} '{tensor.Name}' is not in the pack's contract: {Advice}.");
            }
        }
    }

    private List<TensorSpec> CheckStates()
    {
        var states = _file.Inputs.Where(tensor => tensor.Name.StartsWith(GraphContract.StatePrefix, StringComparison.Ordinal)).ToList();
        foreach (var state in states)
        {
            CheckBatch(state);
            CheckClosed(state);
            if (state.Type is not (ElementType.Float32 or ElementType.Int32 or ElementType.Int64))
            {
                throw Unfit(state.Name, state.Described, "float32, int32 or int64");
            }

            var next = _file.Outputs.FirstOrDefault(tensor => tensor.Name == $"next_{state.Name}")
                ?? throw new ModelPackException($"{_fileName}: input '{state.Name}' has no output 'next_{state.Name}': {Advice}.");
            CheckBatch(next);
            if (!Fits(next, state))
            {
                throw Unfit(next.Name, next.Described, $"{state.Described} like {state.Name}");
            }
        }

        foreach (var next in _file.Outputs.Where(tensor => tensor.Name.StartsWith(GraphContract.NextStatePrefix, StringComparison.Ordinal)))
        {
            if (!states.Exists(state => $"next_{state.Name}" == next.Name))
            {
                throw new ModelPackException($"{_fileName}: output '{next.Name}' has no input '{next.Name["next_".Length..]}': {Advice}.");
            }
        }

        return states;
    }

    private void CheckBatch(TensorSpec tensor)
    {
        if (tensor.Shape.Count == 0 || tensor.Shape[0].Symbol != TensorSpec.Batch)
        {
            throw Unfit(tensor.Name, tensor.Described, "a tensor whose dimension 0 is the symbol 'batch'");
        }
    }

    private void CheckClosed(TensorSpec tensor)
    {
        if (tensor.Shape.Skip(1).Any(dimension => dimension.Value is not > 0))
        {
            throw Unfit(tensor.Name, tensor.Described, "of a fixed shape behind the batch");
        }
    }

    /// <summary>Whether two specs are the same, an open dimension fitting anything.</summary>
    private static bool Fits(TensorSpec found, TensorSpec wanted) =>
        found.Type == wanted.Type
        && found.Shape.Count == wanted.Shape.Count
        && found.Shape.Zip(wanted.Shape).Skip(1).All(pair => pair.First.Value is null || pair.First.Value == pair.Second.Value);

    private ModelPackException Unfit(string tensor, string found, string wanted) =>
        ModelPackException.Unfit($"{_fileName}: {tensor}", found, wanted, Advice);
}
