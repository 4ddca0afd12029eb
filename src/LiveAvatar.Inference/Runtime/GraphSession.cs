using LiveAvatar.Inference.Packs;
using LiveAvatar.Inference.Runtime.Fusion;
using LiveAvatar.Inference.Runtime.Operators;
using Microsoft.ML.OnnxRuntime;

namespace LiveAvatar.Inference.Runtime;

/// <summary>One graph ready to run on one rung of the ladder, shared by all streams and threads.</summary>
internal sealed class GraphSession : IDisposable
{
    // Whole milliseconds, as a monitor waits. Long enough for streams in step, short against a frame's 40 ms.
    private static readonly TimeSpan BatchWindow = TimeSpan.FromMilliseconds(2);

    // ONNX Runtime notes a domain of operators with the first session that has it, and guards that note by nothing.
    private static readonly Lock DomainLock = new();

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private BatchedGraph? _batchedGraph;

    /// <param name="graph">The graph.</param>
    /// <param name="options">How ONNX Runtime runs it.</param>
    /// <param name="bindsInPlace">As <see cref="BindsInPlace"/>.</param>
    /// <param name="fuses">It runs on a CPU, one stream at a time: operators that have a faster form there are exchanged for it.</param>
    internal GraphSession(LoadedGraph graph, SessionOptions options, bool bindsInPlace, bool fuses = false)
    {
        Graph = graph;
        BindsInPlace = bindsInPlace;
        var fused = fuses && graph.Skips.Count > 0 ? GraphFusion.Apply(File.ReadAllBytes(graph.Path)) : null;
        IsFused = fused is not null;
        _session = fused is null ? new InferenceSession(graph.Path, options) : OpenFused(fused, options);
    }

    private static InferenceSession OpenFused(byte[] model, SessionOptions options)
    {
        lock (DomainLock)
        {
            OperatorDomain.Add(options);
            return new InferenceSession(model, options);
        }
    }

    /// <summary>One graph alone on one core of the CPU, for measuring it.</summary>
    internal static GraphSession OpenAlone(LoadedGraph graph, InferenceOptions options, bool fuses = true)
    {
        using var session = Providers.Options(ProviderRung.Cpu, options, graph, batch: 1);
        return new GraphSession(graph, session, bindsInPlace: true, fuses);
    }

    internal LoadedGraph Graph { get; }

    /// <summary>Whether operators of ours took the place of some of the graph's.</summary>
    internal bool IsFused { get; }

    /// <summary>Whether inputs bound once are read anew at each run; on a GPU they are copied to the device when they are bound.</summary>
    internal bool BindsInPlace { get; }

    /// <summary>Runs several streams' steps together; null when each runs alone.</summary>
    internal MicroBatcher? Batcher { get; private set; }

    internal OrtIoBinding CreateBinding() => _session.CreateIoBinding();

    internal void Run(OrtIoBinding binding) => _session.RunWithBinding(_runOptions, binding);

    internal void Run(string[] inputNames, OrtValue[] inputs, string[] outputNames, OrtValue[] outputs) =>
        _session.Run(_runOptions, inputNames, inputs, outputNames, outputs);

    /// <summary>From now on steps run in batches; to be called before the first step is made.</summary>
    internal void StartBatching(IEnumerable<TensorSpec> inputs, IEnumerable<TensorSpec> outputs, int capacity)
    {
        _batchedGraph = new BatchedGraph(this, inputs, outputs, capacity);
        Batcher = new MicroBatcher(capacity, BatchWindow, _batchedGraph.Run, $"batch {Graph.Name}");
        Batcher.Start();
    }

    public void Dispose()
    {
        Batcher?.Dispose();
        _batchedGraph?.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
    }
}
