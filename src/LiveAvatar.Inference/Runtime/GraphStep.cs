using Microsoft.ML.OnnxRuntime;

namespace LiveAvatar.Inference.Runtime;

/// <summary>One graph with the buffers of one stream: its inputs, its outputs and two copies of its states.</summary>
/// <remarks>
/// A run reads the states of the present phase and writes those of the other one. Only <see cref="Commit"/> turns the phase, so a
/// failed run leaves the stream where it was. Where the session batches, the run is shared with other streams. The caller owns the inputs and outputs, the step owns the states. A run allocates
/// nothing on the CPU; on a GPU the values are handed over anew each time, which costs about 0.5 kB.
/// </remarks>
internal sealed class GraphStep : IDisposable
{
    private readonly GraphSession _session;
    private readonly TensorBuffer[] _inputBuffers;
    private readonly TensorBuffer[] _outputBuffers;
    private readonly TensorBuffer[][] _states;
    private readonly BatchTicket _ticket;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly OrtValue[][] _inputs;
    private readonly OrtValue[][] _outputs;
    private readonly OrtIoBinding[]? _bindings;
    private int _phase;

    internal GraphStep(GraphSession session, ReadOnlySpan<TensorBuffer> inputs, ReadOnlySpan<TensorBuffer> outputs)
    {
        _session = session;
        _ticket = new BatchTicket(this);
        _inputBuffers = inputs.ToArray();
        _outputBuffers = outputs.ToArray();
        var specs = session.Graph.States;
        _states = [[.. specs.Select(spec => new TensorBuffer(spec))], [.. specs.Select(spec => new TensorBuffer(spec))]];
        _inputNames = [.. Names(inputs), .. specs.Select(spec => spec.Name)];
        _outputNames = [.. Names(outputs), .. specs.Select(spec => $"next_{spec.Name}")];
        _inputs = [Values(inputs, _states[0]), Values(inputs, _states[1])];
        _outputs = [Values(outputs, _states[1]), Values(outputs, _states[0])];
        _bindings = session.BindsInPlace && session.Batcher is null ? [Bind(0), Bind(1)] : null;
        Reset();
        session.Batcher?.Join();
    }

    /// <summary>Runs the graph once.</summary>
    /// <exception cref="ModelStepException">ONNX Runtime refused.</exception>
    internal void Run()
    {
        if (_session.Batcher is { } batcher)
        {
            batcher.Run(_ticket);
            return;
        }

        Denormals.FlushOnThisThread();
        try
        {
            if (_bindings is { } bindings)
            {
                _session.Run(bindings[_phase]);
            }
            else
            {
                _session.Run(_inputNames, _inputs[_phase], _outputNames, _outputs[_phase]);
            }
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelStepException($"{_session.Graph.Name} failed: {error.Message}", error);
        }
    }

    /// <summary>Makes the states of the last run the present ones.</summary>
    internal void Commit() => _phase ^= 1;

    /// <summary>Puts the states back to the start of a stream.</summary>
    internal void Reset()
    {
        _phase = 0;
        foreach (var state in _states[0])
        {
            state.Fill(_session.Graph.InitialState.GetValueOrDefault(state.Spec.Name));
        }
    }

    /// <summary>Exchanges one input for another buffer of the same shape.</summary>
    internal void SetInput(TensorBuffer input)
    {
        var index = Array.IndexOf(_inputNames, input.Spec.Name);
        _inputBuffers[index] = input;
        _inputs[0][index] = input.Value;
        _inputs[1][index] = input.Value;
        foreach (var binding in _bindings ?? [])
        {
            binding.BindInput(input.Spec.Name, input.Value);
        }
    }

    /// <summary>The i-th input of the next run: the inputs in the order given, then the present states.</summary>
    internal TensorBuffer Input(int i) => i < _inputBuffers.Length ? _inputBuffers[i] : _states[_phase][i - _inputBuffers.Length];

    /// <summary>The i-th output of the next run: the outputs in the order given, then the next states.</summary>
    internal TensorBuffer Output(int i) => i < _outputBuffers.Length ? _outputBuffers[i] : _states[_phase ^ 1][i - _outputBuffers.Length];

    public void Dispose()
    {
        _session.Batcher?.Leave();
        foreach (var binding in _bindings ?? [])
        {
            binding.Dispose();
        }

        foreach (var state in _states.SelectMany(states => states))
        {
            state.Dispose();
        }
    }

    private OrtIoBinding Bind(int phase)
    {
        var binding = _session.CreateBinding();
        for (var i = 0; i < _inputNames.Length; i++)
        {
            binding.BindInput(_inputNames[i], _inputs[phase][i]);
        }

        for (var i = 0; i < _outputNames.Length; i++)
        {
            binding.BindOutput(_outputNames[i], _outputs[phase][i]);
        }

        return binding;
    }

    private static string[] Names(ReadOnlySpan<TensorBuffer> buffers)
    {
        var names = new string[buffers.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = buffers[i].Spec.Name;
        }

        return names;
    }

    private static OrtValue[] Values(ReadOnlySpan<TensorBuffer> buffers, TensorBuffer[] states)
    {
        var values = new OrtValue[buffers.Length + states.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i < buffers.Length ? buffers[i].Value : states[i - buffers.Length].Value;
        }

        return values;
    }
}
