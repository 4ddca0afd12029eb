using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace LiveAvatar.Rtc.Transport;

/// <summary>One UDP port on every bound address, read by one thread.</summary>
/// <remarks>
/// Each local address has its own socket on the same port, because an answer must leave from the address the question was
/// sent to: from a wildcard socket the kernel picks another source on a machine with several addresses, and the browser
/// drops it (RFC 8445 section 7.2.5.2.1). Receiving and sending allocate nothing.
/// </remarks>
internal sealed class UdpTransport : IDatagramTransport
{
    private const int SocketBuffer = 4 << 20;  // bytes; the kernel may grant less (net.core.rmem_max)
    private const int PollMilliseconds = 100;  // how late a stop is noticed
    private const int RoundsPerSocket = 2;     // calls that read one socket before the next has its turn

    [ThreadStatic]
    private static SocketAddress? _sendAddressV4;

    [ThreadStatic]
    private static SocketAddress? _sendAddressV6;

    private readonly Socket[] _sockets;
    private readonly Thread _thread;
    private readonly ILogger _logger;
    private DatagramHandler? _handler;
    private volatile bool _stopping;
    private long _sendFailures;

    /// <summary>Binds the addresses; port 0 takes any port that is free on all of them.</summary>
    /// <exception cref="SocketException">None of the addresses could be bound.</exception>
    public UdpTransport(IReadOnlyList<IPAddress> addresses, int port, ILogger logger)
    {
        _logger = logger;
        _sockets = BindAll(addresses, port, logger);
        LocalEndPoints = [.. _sockets.Select(socket => (IPEndPoint)socket.LocalEndPoint!)];
        _thread = new Thread(Receive) { IsBackground = true, Name = "LiveAvatar receive", Priority = ThreadPriority.Highest };
    }

    public IReadOnlyList<IPEndPoint> LocalEndPoints { get; }

    /// <summary>Datagrams the kernel refused to send.</summary>
    public long SendFailures => Interlocked.Read(ref _sendFailures);

    public void Start(DatagramHandler handler)
    {
        _handler = handler;
        _thread.Start();
    }

    public bool Send(in NetworkPath path, ReadOnlySpan<byte> datagram)
    {
        var socket = _sockets[path.Local];
        var address = socket.AddressFamily == AddressFamily.InterNetwork
            ? _sendAddressV4 ??= new SocketAddress(AddressFamily.InterNetwork)
            : _sendAddressV6 ??= new SocketAddress(AddressFamily.InterNetworkV6);
        path.Remote.WriteTo(address);
        try
        {
            return socket.SendTo(datagram, SocketFlags.None, address) == datagram.Length;
        }
        catch (SocketException)
        {
            // A full buffer, a vanished route, a firewall: all are loss to the layers above.
            Interlocked.Increment(ref _sendFailures);
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync()
    {
        _stopping = true;
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static Socket[] BindAll(IReadOnlyList<IPAddress> addresses, int port, ILogger logger)
    {
        SocketException? last = null;
        for (var attempt = 0; attempt < (port == 0 ? 16 : 1); attempt++)
        {
            var sockets = new List<Socket>(addresses.Count);
            var chosen = port;
            var clash = false;
            foreach (var address in addresses)
            {
                try
                {
                    var socket = Bind(address, chosen);
                    sockets.Add(socket);
                    chosen = ((IPEndPoint)socket.LocalEndPoint!).Port;
                }
                catch (SocketException exception)
                {
                    last = exception;
                    clash |= exception.SocketErrorCode == SocketError.AddressAlreadyInUse;
                    Log.BindFailed(logger, address, chosen, exception.SocketErrorCode);
                }
            }

            if (sockets.Count > 0 && !clash)
            {
                return [.. sockets];
            }

            sockets.ForEach(socket => socket.Dispose());
        }

        throw last ?? new SocketException((int)SocketError.AddressNotAvailable);
    }

    private static Socket Bind(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = address.Equals(IPAddress.IPv6Any);
            }

            socket.ReceiveBufferSize = SocketBuffer;
            socket.SendBufferSize = SocketBuffer;
            ReceiveBatch.RequestTimestamps(socket);
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The receive loop: waits for any socket, then empties the readable ones in turn.</summary>
    private unsafe void Receive()
    {
        var batch = new ReceiveBatch();
        var polls = GC.AllocateArray<PollDescriptor>(_sockets.Length, pinned: true);
        for (var index = 0; index < _sockets.Length; index++)
        {
            polls[index] = new PollDescriptor { Descriptor = (int)_sockets[index].Handle, Wanted = PollDescriptor.Readable };
        }

        while (!_stopping)
        {
            int ready;
            fixed (PollDescriptor* first = polls)
            {
                ready = Poll(first, (nuint)polls.Length, PollMilliseconds);
            }

            for (var index = 0; ready > 0 && index < polls.Length; index++)
            {
                if (polls[index].Seen != 0)
                {
                    ReceiveAll(index, batch);
                }
            }
        }
    }

    private void ReceiveAll(int index, ReceiveBatch batch)
    {
        var socket = _sockets[index];
        for (var round = 0; round < RoundsPerSocket && !_stopping; round++)
        {
            var count = batch.Receive(socket);
            var utcNow = TimeProvider.System.GetUtcNow(); // the kernel's clock, and never a test's
            for (var i = 0; i < count; i++)
            {
                if (batch.TryGetSender(i, socket.AddressFamily, out var remote))
                {
                    Deliver(new NetworkPath(index, remote), batch.Datagram(i), batch.Waited(i, utcNow));
                }
            }

            if (!ReceiveBatch.WasFull(count))
            {
                return;
            }
        }
    }

    private void Deliver(in NetworkPath path, Span<byte> datagram, TimeSpan waited)
    {
        try
        {
            _handler!(path, datagram, waited);
        }
#pragma warning disable CA1031 // The loop serves every session: whatever one datagram does must not end it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.ReceiveHandlerFailed(_logger, exception);
        }
    }

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static extern unsafe int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public const short Readable = 1; // POLLIN

        public int Descriptor;
        public short Wanted;
        public short Seen;
    }
}
