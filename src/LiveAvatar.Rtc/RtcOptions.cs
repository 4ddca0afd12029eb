using System.Net;

namespace LiveAvatar.Rtc;

/// <summary>Limits and addresses of the transport.</summary>
public sealed record RtcOptions
{
    /// <summary>The UDP port of all sessions; 0 takes a free one.</summary>
    public int Port { get; init; } = 8189;

    /// <summary>Addresses to listen on; empty means every unicast address of this machine. A wildcard address is taken as it is.</summary>
    public IReadOnlyList<IPAddress> BindAddresses { get; init; } = [];

    /// <summary>Addresses told to the peers, such as the public one of a NAT; empty means the bound ones, loopback last.</summary>
    public IReadOnlyList<IPAddress> AdvertisedAddresses { get; init; } = [];

    /// <summary>Peers connected or connecting at once; more are refused.</summary>
    public int MaxSessions { get; init; } = 512;

    /// <summary>How long a new peer may take to send its first valid connectivity check.</summary>
    public TimeSpan IceTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the DTLS handshake may take after that.</summary>
    public TimeSpan DtlsTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a peer may be silent before its consent to receive is void (RFC 7675 section 5.1).</summary>
    public TimeSpan ConsentTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Least time between two key frames asked for by one peer.</summary>
    public TimeSpan KeyFrameInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>An artificially bad network for tests and measurements; null in production.</summary>
    public LinkImpairment? Impairment { get; init; }
}
