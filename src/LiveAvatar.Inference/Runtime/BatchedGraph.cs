using LiveAvatar.Inference.Packs;
using Microsoft.ML.OnnxRuntime;

namespace LiveAvatar.Inference.Runtime;

/// <summary>Runs one graph for several streams at once: gathers their inputs and states into rows, runs, scatters what comes out.</summary>
/// <remarks>Used by one thread, the batcher's. Rows do not influence each other, so a stream gets what it gets alone.</remarks>
internal sealed class BatchedGraph : IDisposable
{
    private readonly GraphSession _session;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly BatchTensor[] _inputs;
    private readonly BatchTensor[] _outputs;
    private readonly OrtValue[] _inputValues;
    private readonly OrtValue[] _outputValues;

    internal BatchedGraph(GraphSession session, IEnumerable<TensorSpec> inputs, IEnumerable<TensorSpec> outputs, int capacity)
    {
        _session = session;
        var states = session.Graph.States;
        TensorSpec[] taken = [.. inputs, .. states];
        TensorSpec[] given = [.. outputs, .. states.Select(state => state with { Name = $"next_{state.Name}" })];
        _inputNames = [.. taken.Select(spec => spec.Name)];
        _outputNames = [.. given.Select(spec => spec.Name)];
        _inputs = [.. taken.Select(spec => new BatchTensor(spec, capacity))];
        _outputs = [.. given.Select(spec => new BatchTensor(spec, capacity))];
        _inputValues = new OrtValue[_inputs.Length];
        _outputValues = new OrtValue[_outputs.Length];
    }

    /// <summary>Runs the steps; each finds its outputs and next states in its own buffers.</summary>
    internal void Run(ReadOnlySpan<BatchTicket> tickets)
    {
        for (var i = 0; i < _inputs.Length; i++)
        {
            for (var row = 0; row < tickets.Length; row++)
            {
                _inputs[i].Gather(row, tickets[row].Step!.Input(i));
            }

            _inputValues[i] = _inputs[i].First(tickets.Length);
        }

        for (var i = 0; i < _outputs.Length; i++)
        {
            _outputValues[i] = _outputs[i].First(tickets.Length);
        }

        _session.Run(_inputNames, _inputValues, _outputNames, _outputValues);
        for (var i = 0; i < _outputs.Length; i++)
        {
            for (var row = 0; row < tickets.Length; row++)
            {
                _outputs[i].Scatter(row, tickets[row].Step!.Output(i));
            }
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _inputs.Concat(_outputs))
        {
            tensor.Dispose();
        }
    }
}
