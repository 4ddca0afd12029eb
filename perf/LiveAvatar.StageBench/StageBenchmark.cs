using BenchmarkDotNet.Attributes;

namespace LiveAvatar.StageBench;

/// <summary>What BenchmarkDotNet is given: a stage's steps. BenchmarkDotNet makes the object itself, so the stage comes by a static.</summary>
public class StageBenchmark
{
    private readonly Stage _stage = Measured ?? throw new InvalidOperationException("No stage is to be measured.");

    internal static Stage? Measured { get; set; }

    /// <summary>Before each batch.</summary>
    [IterationSetup]
    public void Prepare() => _stage.Prepare();

    /// <summary>What is timed.</summary>
    [Benchmark]
    public void Step() => _stage.Step();
}
