using System.Runtime.CompilerServices;

namespace LiveAvatar.Pipeline.Tests;

[Collection(nameof(WholeProcess))]
public sealed class LeftoversTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Collect_FreesWhatHasGotOld()
    {
        GC.Collect();
        var left = LeaveOldGarbage();
        GC.Collect(1);
        Assert.True(left.IsAlive, "it is not old: a collection of generation 1 took it");
        var began = TimeProvider.System.GetTimestamp();
        while (left.IsAlive)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "what had got old was not collected");
            Leftovers.Collect();
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Collect_LeavesAHeapThatHasNotGrownAlone()
    {
        GC.Collect();
        var before = GC.CollectionCount(GC.MaxGeneration);
        for (var i = 0; i < 100; i++)
        {
            Leftovers.Collect();
        }

        Assert.Equal(before, GC.CollectionCount(GC.MaxGeneration));
    }

    // 16 MB of small arrays that have come to generation 2.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LeaveOldGarbage()
    {
        var arrays = new byte[400][];
        for (var i = 0; i < arrays.Length; i++)
        {
            arrays[i] = new byte[40_000];
        }

        while (arrays.Any(array => GC.GetGeneration(array) < GC.MaxGeneration))
        {
            GC.Collect(1);
        }

        return new WeakReference(arrays[0]);
    }
}
