using BenchmarkDotNet.Attributes;

namespace LiveAvatar.StageBench;

/// <summary>What BenchmarkDotNet is given: a stage's steps. BenchmarkDotNet makes the object itself, so the stage comes by a static.</summary>
/// <remarks>
/// Allocations are counted here, around each batch and on its thread alone. BenchmarkDotNet's MemoryDiagnoser counts the whole
/// process around one extra batch: the runtime's own threads add some kilobytes to it now and then, too much for a gate at 0.
/// </remarks>
public class StageBenchmark
{
    private readonly Stage _stage = Measured ?? throw new InvalidOperationException("No stage is to be measured.");
    private long _allocatedBefore;

    internal static Stage? Measured { get; set; }

    /// <summary>Bytes that each batch since the last <c>Clear</c> allocated, warm-up included.</summary>
    internal static List<long> AllocatedBytes { get; } = [];

    /// <summary>Before each batch.</summary>
    [IterationSetup]
    public void Prepare()
    {
        _stage.Prepare();
        _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
    }

    /// <summary>What is timed.</summary>
    [Benchmark]
    public void Step() => _stage.Step();

    /// <summary>After each batch.</summary>
    [IterationCleanup]
    public void Count() => AllocatedBytes.Add(GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore);
}
