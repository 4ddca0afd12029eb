using System.Net.Sockets;
using LiveAvatar.Media.Timing;

namespace LiveAvatar.LoadClient;

/// <summary>Any number of drivers and viewers on one thread.</summary>
public sealed class LoadFleet : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);
    private const int MaxDatagram = 2048;

    private readonly TimeProvider _time;
    private readonly WallClock _wall;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly Thread _thread;
    private readonly Lock _gate = new(); // guards _peers, _left and everything a peer does
    private readonly List<LoadPeer> _peers = [];
    private readonly List<LoadPeer> _left = []; // to be disposed by the thread, which may be waiting on their sockets
    private readonly AutoResetEvent _joined = new(false);
    private volatile bool _stopping;

    /// <summary>Starts an empty fleet.</summary>
    public LoadFleet(TimeProvider time)
    {
        _time = time;
        _wall = WallClock.Pair(time.GetElapsedTime(0), time.GetUtcNow());
        _thread = new Thread(Run) { IsBackground = true, Name = "load clients", Priority = ThreadPriority.Highest }; // what it measures is when things come
        _thread.Start();
    }

    /// <summary>The fleet's clock, which all its times are on.</summary>
    public TimeSpan Now => _time.GetElapsedTime(0);

    /// <summary>Adds a viewer of a session.</summary>
    /// <param name="endpoint">Its WHEP address.</param>
    /// <param name="loss">Share of the packets to this viewer that its network loses, 0 to 1.</param>
    /// <param name="seed">Seed of what is lost.</param>
    /// <param name="bandwidth">What it reports that its path bears (REMB), bits per second; null = no report.</param>
    /// <exception cref="InvalidOperationException">The server refuses; the message has its words.</exception>
    public Task<LoadPeer> JoinAsync(Uri endpoint, double loss = 0, int seed = 1, int? bandwidth = null) =>
        AddAsync(endpoint, new PeerRole(null, loss, seed, bandwidth));

    /// <summary>Adds a driver, who speaks from the moment it is connected, in a loop.</summary>
    /// <param name="endpoint">The WHIP address.</param>
    /// <param name="voice">Opus packets of 10 ms.</param>
    /// <exception cref="InvalidOperationException">The server refuses; the message has its words.</exception>
    public Task<LoadPeer> CallAsync(Uri endpoint, IReadOnlyList<byte[]> voice) => AddAsync(endpoint, new PeerRole(voice, Loss: 0, Seed: 1));

    /// <summary>Ends one peer's connection.</summary>
    public async Task LeaveAsync(LoadPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        await peer.LeaveAsync(_http).ConfigureAwait(false);
        lock (_gate)
        {
            _left.Add(peer);
        }
    }

    /// <summary>Reads peers while nothing changes them.</summary>
    public T Read<T>(Func<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        lock (_gate)
        {
            return read();
        }
    }

    /// <summary>Says goodbye for all and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _joined.Set();
        _thread.Join();
        _joined.Dispose();
        try
        {
            await Task.WhenAll(_peers.Select(peer => peer.LeaveAsync(_http))).ConfigureAwait(false);
        }
        catch (HttpRequestException)
        {
            // The server is gone already.
        }

        _peers.ForEach(peer => peer.Dispose());
        _http.Dispose();
    }

    private async Task<LoadPeer> AddAsync(Uri endpoint, PeerRole role)
    {
        var peer = await LoadPeer.JoinAsync(_http, endpoint, _time, role, _wall).ConfigureAwait(false);
        lock (_gate)
        {
            _peers.Add(peer);
        }

        _joined.Set();

        return peer;
    }

    private void Run()
    {
        var buffer = new byte[MaxDatagram];
        var readable = new List<Socket>();
        while (!_stopping)
        {
            readable.Clear();
            Dictionary<Socket, LoadPeer> owners;
            lock (_gate)
            {
                _left.ForEach(peer => peer.Dispose());
                _peers.RemoveAll(_left.Contains);
                _left.Clear();
                owners = _peers.ToDictionary(peer => peer.Socket);
                readable.AddRange(owners.Keys);
            }

            if (readable.Count == 0)
            {
                _joined.WaitOne();
                continue;
            }

            Socket.Select(readable, null, null, NextWait());
            lock (_gate)
            {
                foreach (var socket in readable)
                {
                    Receive(owners[socket], buffer);
                }

                foreach (var peer in _peers)
                {
                    peer.Tick(Now);
                }
            }
        }
    }

    // Until the next voice packet is due, and never long.
    private TimeSpan NextWait()
    {
        var now = Now;
        var wait = Poll;
        lock (_gate)
        {
            foreach (var peer in _peers)
            {
                wait = peer.VoiceDue(now) is { } due && due - now < wait ? due - now : wait;
            }
        }

        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private void Receive(LoadPeer peer, byte[] buffer)
    {
        while (true)
        {
            int length;
            try
            {
                length = peer.Socket.Receive(buffer);
            }
            catch (SocketException)
            {
                return; // nothing more now, or the server's port is closed
            }

            peer.Receive(buffer.AsSpan(0, length), Now);
        }
    }
}
