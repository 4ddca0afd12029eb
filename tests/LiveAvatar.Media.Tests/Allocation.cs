namespace LiveAvatar.Media.Tests;

/// <summary>Proves that a steady-state step allocates nothing on the managed heap.</summary>
public static class Allocation
{
    /// <summary>Runs <paramref name="step"/> to warm up, then fails if <paramref name="runs"/> further runs allocate a byte.</summary>
    public static void AssertNone(Action step, int runs = 200)
    {
        for (var i = 0; i < 200; i++)
        {
            step();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < runs; i++)
        {
            step();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
