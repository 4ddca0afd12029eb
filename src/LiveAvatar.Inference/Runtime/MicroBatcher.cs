namespace LiveAvatar.Inference.Runtime;

/// <summary>Collects the steps that several threads want run and runs them together on a thread of its own.</summary>
/// <remarks>
/// <see cref="Run"/> blocks its caller until the step is done. A batch begins when all streams have asked, when it is full, or
/// when its oldest step has waited for the window; steps that come while one runs make up the next. A single stream
/// never waits.
/// </remarks>
internal sealed class MicroBatcher : IDisposable
{
    private readonly object _lock = new(); // guards all that follows; a monitor, since the waiters need its signals
    private readonly Queue<BatchTicket> _pending = new();
    private readonly BatchTicket[] _batch;
    private readonly TimeSpan _window;
    private readonly Action<ReadOnlySpan<BatchTicket>> _run;
    private readonly Thread _thread;
    private int _streams;
    private bool _stopping;

    /// <summary>Makes a batcher; <see cref="Start"/> starts it.</summary>
    /// <param name="capacity">Most steps of a batch.</param>
    /// <param name="window">Longest a step waits for others; whole milliseconds.</param>
    /// <param name="run">Runs a batch of 1 to <paramref name="capacity"/> steps.</param>
    /// <param name="name">Name of the thread.</param>
    internal MicroBatcher(int capacity, TimeSpan window, Action<ReadOnlySpan<BatchTicket>> run, string name)
    {
        _batch = new BatchTicket[capacity];
        _window = window;
        _run = run;
        _thread = new Thread(RunBatches) { IsBackground = true, Name = name, Priority = ThreadPriority.AboveNormal };
    }

    /// <summary>Batches run so far.</summary>
    internal long Batches { get; private set; }

    /// <summary>Steps run so far.</summary>
    internal long Steps { get; private set; }

    internal void Start() => _thread.Start();

    /// <summary>Counts a stream in: batches wait for as many steps as there are streams.</summary>
    internal void Join() => Count(1);

    /// <summary>Counts a stream out.</summary>
    internal void Leave() => Count(-1);

    /// <summary>Runs a step in the next batch and returns when it is done.</summary>
    /// <exception cref="ModelStepException">The batch failed or the batcher is stopped.</exception>
    internal void Run(BatchTicket ticket)
    {
        lock (_lock)
        {
            ticket.IsDone = _stopping;
            ticket.Error = null;
            if (!_stopping)
            {
                _pending.Enqueue(ticket);
                if (_pending.Count == 1 || _pending.Count >= Wanted)
                {
                    Monitor.PulseAll(_lock);
                }
            }

            while (!ticket.IsDone)
            {
                Monitor.Wait(_lock);
            }

            if (_stopping || ticket.Error is not null)
            {
                throw new ModelStepException(ticket.Error?.Message ?? "The engine is stopped.", ticket.Error);
            }
        }
    }

    /// <summary>Stops the thread after the batch it is at; waiting steps fail.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopping = true;
            Monitor.PulseAll(_lock);
        }

        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    private int Wanted => Math.Clamp(_streams, 1, _batch.Length);

    private void Count(int change)
    {
        lock (_lock)
        {
            _streams += change;
            Monitor.PulseAll(_lock);
        }
    }

    private void RunBatches()
    {
        Denormals.FlushOnThisThread();
        while (Take() is var count && count > 0)
        {
            Exception? failure = null;
            try
            {
                _run(_batch.AsSpan(0, count));
            }
            catch (Exception error)
            {
                // It is every step's own failure; the thread serves the next batch.
                failure = error;
            }

            Finish(count, failure);
        }
    }

    /// <summary>Fills the batch; 0 when the batcher is stopped.</summary>
    private int Take()
    {
        lock (_lock)
        {
            while (_pending.Count == 0 && !_stopping)
            {
                Monitor.Wait(_lock);
            }

            if (_pending.Count < Wanted && !_stopping)
            {
                // Woken early only when all streams have asked, or when one has come or gone.
                Monitor.Wait(_lock, _window);
            }

            if (_stopping)
            {
                while (_pending.TryDequeue(out var ticket))
                {
                    ticket.IsDone = true;
                }

                Monitor.PulseAll(_lock);
                return 0;
            }

            var count = Math.Min(_pending.Count, _batch.Length);
            for (var i = 0; i < count; i++)
            {
                _batch[i] = _pending.Dequeue();
            }

            return count;
        }
    }

    private void Finish(int count, Exception? failure)
    {
        lock (_lock)
        {
            Batches++;
            Steps += count;
            foreach (var ticket in _batch.AsSpan(0, count))
            {
                ticket.Error = failure;
                ticket.IsDone = true;
            }

            Monitor.PulseAll(_lock);
        }
    }
}

/// <summary>A step's place in a batch; one per step, used again for each run.</summary>
/// <param name="step">The step.</param>
internal sealed class BatchTicket(GraphStep? step)
{
    internal GraphStep? Step { get; } = step;

    /// <summary>Guarded by the batcher's lock.</summary>
    internal bool IsDone { get; set; }

    /// <summary>Guarded by the batcher's lock.</summary>
    internal Exception? Error { get; set; }
}
