using System.Net.Sockets;

namespace LiveAvatar.LoadClient;

/// <summary>Any number of viewers on one thread.</summary>
public sealed class ViewerFleet : IAsyncDisposable
{
    private const int PollMicroseconds = 2000;
    private const int MaxDatagram = 2048;

    private readonly TimeProvider _time;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly Thread _thread;
    private readonly Lock _gate = new(); // guards _viewers and everything a viewer does
    private readonly List<WhepViewer> _viewers = [];
    private readonly AutoResetEvent _joined = new(false);
    private volatile bool _stopping;

    /// <summary>Starts an empty fleet.</summary>
    public ViewerFleet(TimeProvider time)
    {
        _time = time;
        _thread = new Thread(Run) { IsBackground = true, Name = "viewers" };
        _thread.Start();
    }

    /// <summary>The fleet's clock, which all its times are on.</summary>
    public TimeSpan Now => _time.GetElapsedTime(0);

    /// <summary>Adds a viewer of a session.</summary>
    /// <param name="endpoint">Its WHEP address.</param>
    /// <param name="loss">Share of the packets to this viewer that its network loses, 0 to 1.</param>
    /// <param name="seed">Seed of what is lost.</param>
    /// <exception cref="InvalidOperationException">The server refuses; the message has its words.</exception>
    public async Task<WhepViewer> JoinAsync(Uri endpoint, double loss = 0, int seed = 1)
    {
        var viewer = await WhepViewer.JoinAsync(_http, endpoint, _time, loss, seed).ConfigureAwait(false);
        lock (_gate)
        {
            _viewers.Add(viewer);
        }

        _joined.Set();

        return viewer;
    }

    /// <summary>Reads viewers while nothing changes them.</summary>
    public T Read<T>(Func<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        lock (_gate)
        {
            return read();
        }
    }

    /// <summary>Says goodbye for all viewers and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _joined.Set();
        _thread.Join();
        _joined.Dispose();
        try
        {
            await Task.WhenAll(_viewers.Select(viewer => viewer.LeaveAsync(_http))).ConfigureAwait(false);
        }
        catch (HttpRequestException)
        {
            // The server is gone already.
        }

        _viewers.ForEach(viewer => viewer.Dispose());
        _http.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[MaxDatagram];
        var readable = new List<Socket>();
        while (!_stopping)
        {
            readable.Clear();
            Dictionary<Socket, WhepViewer> owners;
            lock (_gate)
            {
                owners = _viewers.ToDictionary(viewer => viewer.Socket);
                readable.AddRange(owners.Keys);
            }

            if (readable.Count == 0)
            {
                _joined.WaitOne();
                continue;
            }

            Socket.Select(readable, null, null, PollMicroseconds);
            lock (_gate)
            {
                foreach (var socket in readable)
                {
                    Receive(owners[socket], buffer);
                }

                foreach (var viewer in _viewers)
                {
                    viewer.Tick(Now);
                }
            }
        }
    }

    private void Receive(WhepViewer viewer, byte[] buffer)
    {
        while (true)
        {
            int length;
            try
            {
                length = viewer.Socket.Receive(buffer);
            }
            catch (SocketException)
            {
                return; // nothing more now, or the server's port is closed
            }

            viewer.Receive(buffer.AsSpan(0, length), Now);
        }
    }
}
