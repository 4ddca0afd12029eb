namespace LiveAvatar.Media.Tests.Simulation;

/// <summary>What a network does to datagrams, from one seed: loses, delays and so reorders them, in virtual time.</summary>
public sealed class LossyLink(int seed, double loss, TimeSpan delay, TimeSpan jitter)
{
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<byte[], (TimeSpan At, long Order)> _flying = new();
    private long _sent;

    public long LostCount { get; private set; }

    public TimeSpan? NextArrival => _flying.TryPeek(out _, out var next) ? next.At : null;

    public void Send(ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        var at = now + delay + (_random.NextDouble() * jitter);
        if (_random.NextDouble() < loss)
        {
            LostCount++;
            return;
        }

        _flying.Enqueue(datagram.ToArray(), (at, _sent++));
    }

    public bool TryReceive(TimeSpan now, out byte[] datagram)
    {
        if (NextArrival <= now)
        {
            datagram = _flying.Dequeue();
            return true;
        }

        datagram = [];
        return false;
    }
}
