using System.Collections.Concurrent;
using LiveAvatar.Rtc.Ice;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Session;

/// <summary>Finds the peer a datagram is for: checks by our user name fragment, the rest by the address ICE has validated.</summary>
/// <remarks>
/// Look-ups by the receive thread take no lock and allocate nothing. An address is only ever entered after an authentic
/// check came from it, so DTLS and media of a stranger find nobody.
/// </remarks>
internal sealed class PeerDirectory(int capacity)
{
    private readonly ConcurrentDictionary<ulong, PeerSession> _byUfrag = new();
    private readonly ConcurrentDictionary<NetworkPath, PeerSession> _byPath = new();

    /// <summary>Guards <see cref="_peers"/>, which is replaced and never changed.</summary>
    private readonly Lock _lock = new();
    private PeerSession[] _peers = [];
    private bool _closed;

    /// <summary>All peers, as an array that does not change.</summary>
    public PeerSession[] Snapshot => Volatile.Read(ref _peers);

    /// <summary>Addresses entered.</summary>
    public int PathCount => _byPath.Count;

    /// <summary>Fragments entered: one per peer, two during an ICE restart.</summary>
    public int UfragCount => _byUfrag.Count;

    public bool TryAdd(PeerSession peer, IceCredentials credentials)
    {
        lock (_lock)
        {
            if (_closed || _peers.Length >= capacity || !_byUfrag.TryAdd(credentials.Key, peer))
            {
                return false;
            }

            Volatile.Write(ref _peers, [.. _peers, peer]);
            return true;
        }
    }

    /// <summary>Enters further credentials of a peer for an ICE restart.</summary>
    public bool TryAddCredentials(PeerSession peer, IceCredentials credentials) => _byUfrag.TryAdd(credentials.Key, peer);

    public void RemoveCredentials(IceCredentials credentials) => _byUfrag.TryRemove(credentials.Key, out _);

    public PeerSession? FindByUfrag(ulong key) => _byUfrag.GetValueOrDefault(key);

    public PeerSession? FindByPath(in NetworkPath path) => _byPath.GetValueOrDefault(path);

    public void Bind(in NetworkPath path, PeerSession peer) => _byPath[path] = peer;

    public void Unbind(in NetworkPath path, PeerSession peer) => _byPath.TryRemove(new KeyValuePair<NetworkPath, PeerSession>(path, peer));

    public void Remove(PeerSession peer, IceLiteAgent ice)
    {
        RemoveCredentials(ice.Local);
        if (ice.PreviousLocal is { } previous)
        {
            RemoveCredentials(previous);
        }

        foreach (var path in ice.Paths)
        {
            Unbind(path, peer);
        }

        lock (_lock)
        {
            Volatile.Write(ref _peers, [.. _peers.Where(other => other != peer)]);
        }
    }

    /// <summary>Takes no further peer.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }
}
