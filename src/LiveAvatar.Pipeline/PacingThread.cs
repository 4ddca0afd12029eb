namespace LiveAvatar.Pipeline;

/// <summary>The one thread that lets time pass for all sessions: lost packets, silence, and the voice on its way to viewers.</summary>
/// <remarks>The voice has its own thread so that no encoder and no model can make it stutter.</remarks>
internal sealed class PacingThread(Func<TimeSpan, TimeSpan?> tick, TimeProvider time) : IDisposable
{
    // Silence is fed in 10 ms blocks and losses are waited for in tens of ms: 5 ms keeps both on time.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;

    public void Start()
    {
        _thread = new Thread(Run) { Name = "pacing", IsBackground = true, Priority = ThreadPriority.Highest };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        var wait = TimeSpan.Zero;
        while (!_stop.Wait(wait))
        {
            var now = time.GetElapsedTime(0);
            var due = tick(now);
            wait = due is { } at && at - now < Interval ? at - time.GetElapsedTime(0) : Interval;
            if (wait < TimeSpan.FromMilliseconds(1))
            {
                wait = TimeSpan.FromMilliseconds(1);
            }
        }
    }
}
