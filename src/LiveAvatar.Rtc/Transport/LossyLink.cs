using System.Net;

namespace LiveAvatar.Rtc.Transport;

/// <summary>Puts a bad network between a transport and its user: loss, delay, jitter, reordering and duplication both ways.</summary>
/// <remarks>
/// Configured by <see cref="RtcOptions.Impairment"/>, which is null in production. One thread delivers both directions, so
/// the rule that one thread only calls the handler still holds.
/// </remarks>
internal sealed class LossyLink : IDatagramTransport
{
    private const int MaxDatagram = 2048;

    /// <summary>Guards both queues.</summary>
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly IDatagramTransport _inner;
    private readonly TimeProvider _time;
    private readonly ImpairedQueue _outbound;
    private readonly ImpairedQueue _inbound;
    private readonly Thread _thread;
    private DatagramHandler? _handler;
    private volatile bool _stopping;

    public LossyLink(IDatagramTransport inner, LinkImpairment impairment, TimeProvider time)
    {
        _inner = inner;
        _time = time;
        _outbound = new ImpairedQueue(impairment, impairment.Seed);
        _inbound = new ImpairedQueue(impairment, impairment.Seed + 1);
        _thread = new Thread(Run) { IsBackground = true, Name = "LiveAvatar lossy link" };
    }

    public IReadOnlyList<IPEndPoint> LocalEndPoints => _inner.LocalEndPoints;

    private TimeSpan Now => _time.GetElapsedTime(0);

    public void Start(DatagramHandler handler)
    {
        _handler = handler;
        _thread.Start();
        _inner.Start(OnInner);
    }

    public bool Send(in NetworkPath path, ReadOnlySpan<byte> datagram)
    {
        lock (_lock)
        {
            _outbound.Push(path, datagram, Now);
        }

        _wake.Set();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync().ConfigureAwait(false);
        _stopping = true;
        _wake.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _wake.Dispose();
    }

    private void OnInner(in NetworkPath path, Span<byte> datagram, TimeSpan waited)
    {
        lock (_lock)
        {
            _inbound.Push(path, datagram, Now);
        }

        _wake.Set();
    }

    private void Run()
    {
        var buffer = new byte[MaxDatagram];
        while (!_stopping)
        {
            while (TryPop(_outbound, buffer, out var path, out var length))
            {
                _inner.Send(path, buffer.AsSpan(0, length));
            }

            while (TryPop(_inbound, buffer, out var path, out var length))
            {
                _handler!(path, buffer.AsSpan(0, length), TimeSpan.Zero);
            }

            _wake.WaitOne(NextWait());
        }
    }

    private bool TryPop(ImpairedQueue queue, byte[] buffer, out NetworkPath path, out int length)
    {
        lock (_lock)
        {
            return queue.TryPop(Now, buffer, out path, out length);
        }
    }

    private TimeSpan NextWait()
    {
        lock (_lock)
        {
            var next = TimeSpan.FromMilliseconds(50);
            foreach (var due in (ReadOnlySpan<TimeSpan?>)[_outbound.NextDue, _inbound.NextDue])
            {
                next = due is { } moment && moment - Now < next ? moment - Now : next;
            }

            return next > TimeSpan.Zero ? next : TimeSpan.Zero;
        }
    }
}
