using System.Net;

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
internal sealed class AccessLimits(TimeProvider time)
{
    private readonly AddressLimit _sessions = new(atOnce: 10, perMinute: 30, time);
    private readonly AddressLimit _viewers = new(atOnce: 100, perMinute: 200, time);
    private readonly AddressLimit _tokens = new(atOnce: 20, perMinute: 60, time);
    private readonly AddressLimit _failures = new(atOnce: 20, perMinute: 20, time);

    /// <summary>Counts a request; when there were too many, the time to wait.</summary>
    public TimeSpan? Take(RequestKind kind, IPAddress? address) => address is null ? null : kind switch
    {
        RequestKind.Session => _sessions.Take(address),
        RequestKind.Viewer => _viewers.Take(address),
        RequestKind.Token => _tokens.Take(address),
        _ => null,
    };

    /// <summary>The time to wait before credentials from this address are looked at again; null when they are looked at now.</summary>
    /// <remarks>Right ones wait too: if they did not, guessing would be limited by nothing.</remarks>
    public TimeSpan? Blocked(IPAddress? address) => address is null ? null : _failures.Look(address);

    /// <summary>Counts a credential that was wrong.</summary>
    public void CountFailure(IPAddress? address)
    {
        if (address is not null)
        {
            _failures.Take(address);
        }
    }
}
