using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace LiveAvatar.Server.Access;

/// <summary>What a request counts as.</summary>
internal enum RequestKind
{
    /// <summary>Costs little; not limited.</summary>
    Other,

    /// <summary>Makes a session: 30 a minute, 10 at once.</summary>
    Session,

    /// <summary>Joins a session: 200 a minute, 100 at once, since an audience often shares one address.</summary>
    Viewer,

    /// <summary>Makes a viewer token: 60 a minute, 20 at once.</summary>
    Token,
}

/// <summary>Counts, for each remote address, requests that cost something and credentials that were wrong.</summary>
/// <remarks>
/// A limiter that has filled up again is dropped after some seconds (PartitionedRateLimiter), so memory holds the addresses of about the
/// last minute. Loopback is not limited: it is this machine, or a proxy that has to limit its own clients.
/// </remarks>
internal sealed class AccessLimits : IDisposable
{
    private const int IPv6NetworkBytes = 8; // a subscriber has at least a /64, so its addresses count as one

    private readonly Dictionary<RequestKind, PartitionedRateLimiter<IPAddress>> _requests = new()
    {
        [RequestKind.Session] = PerAddress(atOnce: 10, perMinute: 30),
        [RequestKind.Viewer] = PerAddress(atOnce: 100, perMinute: 200),
        [RequestKind.Token] = PerAddress(atOnce: 20, perMinute: 60),
    };

    private readonly PartitionedRateLimiter<IPAddress> _failures = PerAddress(atOnce: 20, perMinute: 20);

    /// <summary>Counts a request; when there were too many, the time to wait.</summary>
    public TimeSpan? Take(RequestKind kind, IPAddress? address) =>
        _requests.TryGetValue(kind, out var limiter) ? Wait(limiter, address, count: 1) : null;

    /// <summary>The time to wait before credentials from this address are looked at again; null when they are looked at now.</summary>
    /// <remarks>Right ones wait too: if they did not, guessing would be limited by nothing.</remarks>
    public TimeSpan? Blocked(IPAddress? address) => Wait(_failures, address, count: 0);

    /// <summary>Counts a credential that was wrong.</summary>
    public void CountFailure(IPAddress? address) => Wait(_failures, address, count: 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        _failures.Dispose();
        foreach (var limiter in _requests.Values)
        {
            limiter.Dispose();
        }
    }

    private static TimeSpan? Wait(PartitionedRateLimiter<IPAddress> limiter, IPAddress? address, int count)
    {
        using var lease = limiter.AttemptAcquire(address ?? IPAddress.Loopback, count);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
    }

    private static PartitionedRateLimiter<IPAddress> PerAddress(int atOnce, int perMinute)
    {
        var options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = atOnce,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
        };
        return PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => Network(address) is var network && !IPAddress.IsLoopback(network)
            ? RateLimitPartition.GetTokenBucketLimiter(network, _ => options)
            : RateLimitPartition.GetNoLimiter(IPAddress.Loopback));
    }

    private static IPAddress Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(IPv6NetworkBytes).Clear();
        return new IPAddress(bytes);
    }
}
