using System.Net;
using System.Net.Sockets;

namespace LiveAvatar.Server.Access;

/// <summary>Lets each address do something so many times at once and so many times a minute.</summary>
/// <remarks>
/// A token bucket kept as one number for each address: the time at which it is full again (the "virtual scheduling" form of GCRA). One that
/// is full is forgotten, so memory holds only addresses of the last minutes. System.Threading.RateLimiting is not used because its bucket
/// has no way to look without taking, and reads the machine's clock.
/// </remarks>
/// <param name="atOnce">How many a full bucket holds.</param>
/// <param name="perMinute">How many come back in a minute.</param>
/// <param name="time">The clock.</param>
/// <param name="most">How many addresses are told apart; those beyond share a bucket.</param>
internal sealed class AddressLimit(int atOnce, int perMinute, TimeProvider time, int most = 65_536)
{
    private const int IPv6NetworkBytes = 8; // a subscriber has at least a /64, so its addresses count as one
    private const int LeastSweep = 1024;

    private readonly Lock _lock = new(); // guards all below
    private readonly Dictionary<IPAddress, TimeSpan> _fullAgain = [];
    private readonly TimeSpan _interval = TimeSpan.FromMinutes(1) / perMinute;
    private readonly long _began = time.GetTimestamp();
    private int _sweepAt = Math.Min(LeastSweep, most);

    /// <summary>How many addresses are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _fullAgain.Count;
            }
        }
    }

    /// <summary>Takes one; when there is none, the time until there is.</summary>
    public TimeSpan? Take(IPAddress address) => Look(address, take: true);

    /// <summary>The time until there is one; null when there is one now.</summary>
    public TimeSpan? Look(IPAddress address) => Look(address, take: false);

    private TimeSpan? Look(IPAddress address, bool take)
    {
        if (Network(address) is not { } network)
        {
            return null;
        }

        var now = time.GetElapsedTime(_began);
        lock (_lock)
        {
            if (take && !_fullAgain.ContainsKey(network) && !HasRoom(now))
            {
                network = IPAddress.Any;
            }

            var full = _fullAgain.GetValueOrDefault(network);
            full = (full > now ? full : now) + _interval;
            if (full - now > _interval * atOnce)
            {
                return full - now - (_interval * atOnce);
            }

            if (take)
            {
                _fullAgain[network] = full;
            }

            return null;
        }
    }

    // Each sweep is paid for by the additions since the one before.
    private bool HasRoom(TimeSpan now)
    {
        if (_fullAgain.Count >= _sweepAt)
        {
            foreach (var (address, full) in _fullAgain)
            {
                if (full <= now)
                {
                    _fullAgain.Remove(address); // allowed while enumerating
                }
            }

            _sweepAt = Math.Clamp(2 * _fullAgain.Count, Math.Min(LeastSweep, most), most);
        }

        return _fullAgain.Count < most;
    }

    // Null for loopback: it is this machine, or a proxy on it, whose clients the proxy has to limit.
    private static IPAddress? Network(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(address))
        {
            return null;
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(IPv6NetworkBytes).Clear();
        return new IPAddress(bytes);
    }
}
