namespace LiveAvatar.Testing;

/// <summary>Proves that a steady-state step allocates nothing on the managed heap.</summary>
internal static class Allocation
{
    private const int MaxRuns = 5;

    // What the runtime makes once, not per step: an event of some 100 bytes when two threads first meet at a lock; another table for
    // static fields, of one of these sizes, when the last one is full.
    private const int OnceBytes = 1000;
    private static readonly long[] TableBytes = [8168, 16344];

    /// <summary>Runs <paramref name="step"/> to warm up, then fails if further runs of it allocate, see <see cref="AssertNoneIn"/>.</summary>
    /// <param name="step">Runs on the caller's thread, whose allocations alone are counted.</param>
    /// <param name="steps">How often it is called in a run, and to warm up.</param>
    public static void AssertNone(Action step, int steps = 200)
    {
        Run(step, steps);
        var runs = new List<long>();
        do
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(step, steps);
            runs.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }
        while (runs[^1] > 0 && runs.Count < MaxRuns);

        AssertNoneIn(runs);
    }

    /// <summary>Fails unless one run allocated nothing, and all together no more than what the runtime makes once.</summary>
    public static void AssertNoneIn(IReadOnlyCollection<long> bytesPerRun)
    {
        var unexplained = bytesPerRun.Sum(bytes => bytes - TableBytes.LastOrDefault(table => table <= bytes));
        Assert.True(bytesPerRun.Contains(0) && unexplained <= OnceBytes, $"Bytes allocated per run: {string.Join(", ", bytesPerRun)}");
    }

    private static void Run(Action step, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            step();
        }
    }
}
