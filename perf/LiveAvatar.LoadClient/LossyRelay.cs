using System.Net;
using System.Net.Sockets;
using LiveAvatar.Rtc;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.LoadClient;

/// <summary>A UDP relay between clients and the server that loses, delays, bunches and throttles, each direction by its own seeded rules.</summary>
/// <remarks>One thread. Each client gets a socket of its own towards the server, so that the server sees as many paths as there are clients.</remarks>
public sealed class LossyRelay : IDisposable
{
    private const int MaxDatagram = 2048;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LogEvery = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly IPEndPoint _server;
    private readonly Socket _front;
    private readonly List<(EndPoint Client, Socket Back)> _clients = [];
    private readonly ImpairedQueue _up;
    private readonly ImpairedQueue _down;
    private readonly List<RelayMoment> _log = [];
    private readonly Lock _gate = new(); // guards the queues' rules and the log
    private readonly Thread _thread;
    private TimeSpan _nextLog;
    private long _bytesIn;
    private long _bytesOut;
    private volatile bool _stopping;

    /// <summary>Listens on an address of this machine and begins to pass on.</summary>
    /// <param name="address">Where clients and server are.</param>
    /// <param name="serverPort">The server's media port.</param>
    /// <param name="seed">Seed of all decisions.</param>
    public LossyRelay(IPAddress address, int serverPort, int seed)
    {
        ArgumentNullException.ThrowIfNull(address);
        _server = new IPEndPoint(address, serverPort);
        _front = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20, SendBufferSize = 1 << 20 };
        _front.Bind(new IPEndPoint(address, 0));
        _up = new ImpairedQueue(new LinkImpairment(), seed);
        _down = new ImpairedQueue(new LinkImpairment(), seed + 1);
        _thread = new Thread(Run) { IsBackground = true, Name = "relay", Priority = ThreadPriority.Highest };
        _thread.Start();
    }

    /// <summary>Where clients send to.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_front.LocalEndPoint!;

    /// <summary>Time on the relay's clock.</summary>
    public TimeSpan Now => _time.GetElapsedTime(0);

    /// <summary>Changes how both directions behave from now on.</summary>
    public void Set(LinkImpairment up, LinkImpairment down)
    {
        lock (_gate)
        {
            _up.Change(up, Now);
            _down.Change(down, Now);
        }
    }

    /// <summary>What went towards the clients, every 50 ms so far.</summary>
    public IReadOnlyList<RelayMoment> ReadLog()
    {
        lock (_gate)
        {
            return [.. _log];
        }
    }

    /// <summary>Stops passing on.</summary>
    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _front.Dispose();
        _clients.ForEach(client => client.Back.Dispose());
    }

    private void Run()
    {
        var buffer = new byte[MaxDatagram];
        var readable = new List<Socket>();
        while (!_stopping)
        {
            readable.Clear();
            readable.Add(_front);
            readable.AddRange(_clients.Select(client => client.Back));
            Socket.Select(readable, null, null, NextWait());
            lock (_gate)
            {
                foreach (var socket in readable)
                {
                    Take(socket, buffer);
                }

                PassOn(buffer);
                Log();
            }
        }
    }

    private TimeSpan NextWait()
    {
        var now = Now;
        var wait = Poll;
        foreach (var due in (ReadOnlySpan<TimeSpan?>)[_up.NextDue, _down.NextDue])
        {
            wait = due is { } moment && moment - now < wait ? moment - now : wait;
        }

        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private void Take(Socket socket, byte[] buffer)
    {
        while (socket.Available > 0)
        {
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            int length;
            try
            {
                length = socket.ReceiveFrom(buffer, ref from);
            }
            catch (SocketException)
            {
                return; // the server's port is closed
            }

            if (socket == _front)
            {
                _up.Push(new NetworkPath(Client(from), default), buffer.AsSpan(0, length), Now);
            }
            else
            {
                _bytesIn += length;
                _down.Push(new NetworkPath(_clients.FindIndex(client => client.Back == socket), default), buffer.AsSpan(0, length), Now);
            }
        }
    }

    private int Client(EndPoint from)
    {
        var index = _clients.FindIndex(client => client.Client.Equals(from));
        if (index < 0)
        {
            var back = new Socket(_server.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
            back.Connect(_server);
            _clients.Add((from, back));
            index = _clients.Count - 1;
        }

        return index;
    }

    private void PassOn(byte[] buffer)
    {
        while (_up.TryPop(Now, buffer, out var path, out var length))
        {
            Send(_clients[path.Local].Back, null, buffer.AsSpan(0, length));
        }

        while (_down.TryPop(Now, buffer, out var path, out var length))
        {
            _bytesOut += length;
            Send(_front, _clients[path.Local].Client, buffer.AsSpan(0, length));
        }
    }

    private static void Send(Socket socket, EndPoint? to, ReadOnlySpan<byte> datagram)
    {
        try
        {
            if (to is null)
            {
                socket.Send(datagram);
            }
            else
            {
                socket.SendTo(datagram, to);
            }
        }
        catch (SocketException)
        {
            // The other end is gone; UDP promises nothing.
        }
    }

    private void Log()
    {
        var now = Now;
        if (now >= _nextLog)
        {
            _nextLog = now + LogEvery;
            _log.Add(new RelayMoment(now, _bytesIn, _bytesOut, _down.QueueDelay(now)));
        }
    }
}

/// <summary>A relay's state towards the clients.</summary>
/// <param name="At">On the relay's clock.</param>
/// <param name="BytesIn">Taken from the server so far.</param>
/// <param name="BytesOut">Handed to clients so far.</param>
/// <param name="QueueDelay">How long a datagram that comes now waits in line.</param>
public sealed record RelayMoment(TimeSpan At, long BytesIn, long BytesOut, TimeSpan QueueDelay);
