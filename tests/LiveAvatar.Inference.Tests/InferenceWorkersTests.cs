using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Inference.Tests;

[Trait("Category", "unit")]
public class InferenceWorkersTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20); // only a failing test waits so long

    /// <summary>Producers count up an inbox and schedule; the work empties it. A lost wake-up leaves something in an inbox for ever.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(4, 7)]
    public void EveryWakeUp_IsServed(int workers, int works)
    {
        const int Items = 20_000;
        using var pool = new InferenceWorkers(workers, NullLogger.Instance);
        var inboxes = Enumerable.Range(0, works).Select(_ => new Inbox()).ToArray();
        pool.Start();
        var producers = Enumerable.Range(0, 3).Select(p => new Thread(() =>
        {
            for (var i = 0; i < Items; i++)
            {
                var inbox = inboxes[(i + p) % works];
                Interlocked.Increment(ref inbox.Waiting);
                Assert.True(pool.TrySchedule(inbox));
            }
        })).ToArray();
        Array.ForEach(producers, producer => producer.Start());
        Array.ForEach(producers, producer => producer.Join());

        Assert.True(SpinWait.SpinUntil(() => inboxes.Sum(inbox => Volatile.Read(ref inbox.Done)) == 3 * Items, Patience));
        Assert.All(inboxes, inbox => Assert.Equal(0, inbox.Overlaps));
        Assert.Equal(0, pool.Failures);
        Assert.True(SpinWait.SpinUntil(() => pool.Waiting == 0, Patience));
    }

    [Fact]
    public void WorkScheduledWhileItRuns_RunsOnceMoreAfterwards()
    {
        using var pool = new InferenceWorkers(2, NullLogger.Instance);
        using var gate = new SemaphoreSlim(0);
        var runs = 0;
        var work = new Work(() =>
        {
            Interlocked.Increment(ref runs);
            Assert.True(gate.Wait(Patience));
        });
        pool.Start();
        pool.TrySchedule(work);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref runs) == 1, Patience));
        for (var i = 0; i < 5; i++)
        {
            Assert.True(pool.TrySchedule(work));
        }

        Assert.Equal(1, Volatile.Read(ref runs));
        gate.Release();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref runs) == 2, Patience));
        gate.Release();
        using var last = new ManualResetEvent(false);
        pool.TrySchedule(new Work(() => last.Set()));
        Assert.True(last.WaitOne(Patience));
        Assert.Equal(2, Volatile.Read(ref runs));
    }

    [Fact]
    public void WaitingWork_RunsOnceHoweverOftenScheduled()
    {
        using var pool = new InferenceWorkers(1, NullLogger.Instance);
        var runs = 0;
        var work = new Work(() => runs++);
        for (var i = 0; i < 9; i++)
        {
            Assert.True(pool.TrySchedule(work));
        }

        using var last = new ManualResetEvent(false);
        pool.TrySchedule(new Work(() => last.Set()));
        pool.Start();
        Assert.True(last.WaitOne(Patience));
        Assert.Equal(1, runs);
    }

    [Fact]
    public void Works_RunInTheOrderTheyWereScheduled()
    {
        using var pool = new InferenceWorkers(1, NullLogger.Instance);
        var order = new ConcurrentQueue<int>();
        using var last = new ManualResetEvent(false);
        for (var i = 0; i < 10; i++)
        {
            var number = i;
            pool.TrySchedule(new Work(() => order.Enqueue(number)));
        }

        pool.TrySchedule(new Work(() => last.Set()));
        pool.Start();
        Assert.True(last.WaitOne(Patience));
        Assert.Equal(Enumerable.Range(0, 10), order);
    }

    [Fact]
    public void BusyWork_DoesNotStarveAnother()
    {
        using var pool = new InferenceWorkers(1, NullLogger.Instance);
        using var other = new ManualResetEvent(false);
        Work? greedy = null;
        greedy = new Work(() => pool.TrySchedule(greedy!));
        pool.Start();
        pool.TrySchedule(greedy);
        pool.TrySchedule(new Work(() => other.Set()));
        Assert.True(other.WaitOne(Patience));
    }

    [Fact]
    public void FullPool_RefusesNewWorkButNotKnownWork()
    {
        using var pool = new InferenceWorkers(1, NullLogger.Instance, capacity: 2);
        var known = new Work(() => { });
        Assert.True(pool.TrySchedule(known));
        Assert.True(pool.TrySchedule(new Work(() => { })));
        Assert.False(pool.TrySchedule(new Work(() => { })));
        Assert.True(pool.TrySchedule(known));
        pool.Start();
        Assert.True(SpinWait.SpinUntil(() => pool.TrySchedule(new Work(() => { })), Patience));
    }

    [Fact]
    public void WorkThatThrows_IsCountedAndRunsAgain()
    {
        using var pool = new InferenceWorkers(1, NullLogger.Instance);
        using var second = new ManualResetEvent(false);
        var runs = 0;
        var work = new Work(() =>
        {
            if (++runs == 1)
            {
                throw new InvalidOperationException("broken");
            }

            second.Set();
        });
        pool.Start();
        pool.TrySchedule(work);
        Assert.True(SpinWait.SpinUntil(() => pool.Failures == 1, Patience));
        pool.TrySchedule(work);
        Assert.True(second.WaitOne(Patience));
    }

    [Fact]
    public void Dispose_WaitsForRunningWorkAndRefusesMore()
    {
        var pool = new InferenceWorkers(1, NullLogger.Instance);
        using var running = new ManualResetEvent(false);
        using var release = new ManualResetEvent(false);
        var finished = false;
        pool.Start();
        pool.TrySchedule(new Work(() =>
        {
            running.Set();
            Assert.True(release.WaitOne(Patience));
            finished = true;
        }));
        Assert.True(running.WaitOne(Patience));
        var disposing = new Thread(pool.Dispose);
        disposing.Start();
        Assert.True(SpinWait.SpinUntil(() => !pool.TrySchedule(new Work(() => { })), Patience));
        release.Set();
        disposing.Join();
        Assert.True(finished);
        pool.Dispose();
    }

    [Fact]
    public void DisposeWithoutStart_IsFine()
    {
        var pool = new InferenceWorkers(3, NullLogger.Instance);
        pool.TrySchedule(new Work(() => Assert.Fail("it was never started")));
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(pool.Start);
    }

    [Fact]
    public void Scheduling_AllocatesNothing()
    {
        using var pool = new InferenceWorkers(1, NullLogger.Instance);
        var inbox = new Inbox();
        pool.Start();
        Allocation.AssertNone(() => pool.TrySchedule(inbox), steps: 1000);
    }

    private sealed class Work(Action action) : IInferenceWork
    {
        public void Run() => action();
    }

    private sealed class Inbox : IInferenceWork
    {
        internal int Waiting;
        internal int Done;
        internal int Overlaps;
        private int _inside;

        public void Run()
        {
            if (Interlocked.Increment(ref _inside) != 1)
            {
                Interlocked.Increment(ref Overlaps);
            }

            Interlocked.Add(ref Done, Interlocked.Exchange(ref Waiting, 0));
            Interlocked.Decrement(ref _inside);
        }
    }
}
