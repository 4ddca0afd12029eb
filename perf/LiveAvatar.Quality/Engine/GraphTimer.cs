using System.Diagnostics;
using LiveAvatar.Inference.Packs;
using LiveAvatar.Inference.Runtime;

namespace LiveAvatar.Quality.Engine;

/// <summary>What one run of a graph costs.</summary>
/// <param name="CpuMs">CPU time of the process per run: little disturbed by other programs.</param>
/// <param name="P50">Median wall time in ms.</param>
/// <param name="P95">95th percentile, ms.</param>
/// <param name="Least">Shortest, ms: near what a quiet machine needs.</param>
internal sealed record GraphCost(double CpuMs, double P50, double P95, double Least);

/// <summary>Times one graph on one core, with nothing else running in this process.</summary>
internal sealed class GraphTimer : IDisposable
{
    private readonly GraphSession _session;
    private readonly TensorBuffer[] _inputs, _outputs;
    private readonly GraphStep _step;
    private readonly List<double> _times = [];
    private TimeSpan _cpu;

    internal GraphTimer(LoadedGraph graph)
    {
        _session = GraphSession.OpenAlone(graph, Bench.Options);
        _inputs = [.. graph.FixedInputs.Select(spec => new TensorBuffer(spec))];
        _outputs = [.. graph.Contract.Outputs.Select(spec => new TensorBuffer(spec))];
        var random = new Random(3);
        foreach (var input in _inputs.Where(input => input.Spec.Type == ElementType.Float32))
        {
            foreach (ref var number in input.Floats)
            {
                number = (float)(0.2 * random.NextDouble());
            }
        }

        _step = new GraphStep(_session, _inputs, _outputs);
    }

    internal GraphCost Cost
    {
        get
        {
            double[] sorted = [.. _times.Order()];
            return new GraphCost(_cpu.TotalMilliseconds / sorted.Length, sorted[sorted.Length / 2], sorted[sorted.Length * 95 / 100], sorted[0]);
        }
    }

    /// <summary>Runs a number of steps; the first ones after construction are to be thrown away by <see cref="Forget"/>.</summary>
    internal void Run(int steps)
    {
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < steps; i++)
        {
            var started = Stopwatch.GetTimestamp();
            _step.Run();
            _step.Commit();
            _times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        _cpu += Environment.CpuUsage.TotalTime - before;
    }

    internal void Forget()
    {
        _times.Clear();
        _cpu = default;
    }

    public void Dispose()
    {
        _step.Dispose();
        foreach (var buffer in _inputs.Concat(_outputs))
        {
            buffer.Dispose();
        }

        _session.Dispose();
    }
}
