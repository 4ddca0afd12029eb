using Microsoft.Extensions.Logging;

namespace LiveAvatar.Inference;

/// <summary>A fixed number of threads that run the sessions' inference, each session on one of them at a time.</summary>
/// <remarks>
/// A session puts its data where its work finds it, then calls <see cref="TrySchedule"/>. Work that is waiting is not queued twice;
/// work scheduled while it runs runs once more afterwards, behind the others, so no wake-up is lost and no session starves another.
/// The bound is on the number of distinct works waiting or running. Scheduling allocates nothing once the tables have grown.
/// </remarks>
public sealed class InferenceWorkers : IDisposable
{
    /// <summary>Most works waiting or running at once when the constructor is not told.</summary>
    public const int DefaultCapacity = 1024;

    private enum State
    {
        Waiting,
        Running,
        RunningAndWanted,
    }

    private readonly Lock _lock = new(); // guards everything below; held for a few dictionary operations, never during work
    private readonly Dictionary<IInferenceWork, State> _states = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<IInferenceWork> _queue;
    private readonly SemaphoreSlim _waiting; // counts the queue's items
    private readonly Thread[] _threads;
    private readonly int _capacity;
    private readonly ILogger _logger;
    private bool _started;
    private bool _stopping;
    private long _failures;

    /// <summary>Makes workers; <see cref="Start"/> starts them.</summary>
    /// <param name="count">Number of threads: one per core on a CPU, one per GPU.</param>
    /// <param name="logger">Told when work throws.</param>
    /// <param name="capacity">Most works waiting or running at once.</param>
    public InferenceWorkers(int count, ILogger logger, int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentNullException.ThrowIfNull(logger);
        _logger = logger;
        _capacity = capacity;
        _queue = new Queue<IInferenceWork>(capacity);
        _states.EnsureCapacity(capacity);
        _waiting = new SemaphoreSlim(0);
        _threads = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            _threads[i] = new Thread(WorkUntilStopped) { IsBackground = true, Name = $"inference {i}", Priority = ThreadPriority.AboveNormal };
        }
    }

    /// <summary>Number of threads.</summary>
    public int Count => _threads.Length;

    /// <summary>How often work has thrown.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Works waiting for a worker now.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Starts the threads.</summary>
    public void Start()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (_started)
            {
                throw new InvalidOperationException("The workers are started already.");
            }

            _started = true;
            foreach (var thread in _threads)
            {
                thread.Start();
            }
        }
    }

    /// <summary>Sees to it that the work runs at least once from now on.</summary>
    /// <returns>False if the workers are stopped or have as many works as they can hold; then the work will not run.</returns>
    public bool TrySchedule(IInferenceWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_lock)
        {
            if (_stopping)
            {
                return false;
            }

            if (_states.TryGetValue(work, out var state))
            {
                _states[work] = state == State.Waiting ? State.Waiting : State.RunningAndWanted;
                return true;
            }

            if (_states.Count == _capacity)
            {
                return false;
            }

            Enqueue(work);
            return true;
        }
    }

    /// <summary>Stops the threads after the work they are at; work still waiting is dropped. Not to be called from work.</summary>
    public void Dispose()
    {
        bool started;
        lock (_lock)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
            started = _started;
        }

        _waiting.Release(_threads.Length);
        if (started)
        {
            foreach (var thread in _threads)
            {
                thread.Join();
            }
        }

        _waiting.Dispose();
    }

    private void WorkUntilStopped()
    {
        while (true)
        {
            _waiting.Wait();
            IInferenceWork work;
            lock (_lock)
            {
                if (_stopping)
                {
                    return;
                }

                work = _queue.Dequeue();
                _states[work] = State.Running;
            }

            RunGuarded(work);
            Finish(work);
        }
    }

    private void RunGuarded(IInferenceWork work)
    {
        try
        {
            work.Run();
        }
        catch (Exception error)
        {
            // One session's failure must not take the thread from the others.
            Interlocked.Increment(ref _failures);
            Log.WorkFailed(_logger, error);
        }
    }

    private void Finish(IInferenceWork work)
    {
        lock (_lock)
        {
            if (_stopping || _states[work] == State.Running)
            {
                _states.Remove(work);
                return;
            }

            Enqueue(work);
        }
    }

    /// <summary>Puts work at the end of the queue and wakes a worker; the lock is held, so that the semaphore is not yet disposed.</summary>
    private void Enqueue(IInferenceWork work)
    {
        _states[work] = State.Waiting;
        _queue.Enqueue(work);
        _waiting.Release();
    }
}
