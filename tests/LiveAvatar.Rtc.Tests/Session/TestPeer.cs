#pragma warning disable VSTHRD003 // Completed by the peer's own thread.

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Rtc.Dtls;
using LiveAvatar.Rtc.Ice;
using LiveAvatar.Rtc.Sdp;
using LiveAvatar.Rtc.Srtp;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Tests.Session;

/// <summary>One received, decrypted RTP packet.</summary>
internal sealed record TestPacket(int PayloadType, bool Marker, ushort Sequence, uint Timestamp, uint Ssrc, byte[] Bytes, byte[] Payload, TimeSpan Arrived)
{
    public byte[]? Extension(int id) =>
        RtpPacketView.TryParse(Bytes, out var view) && view.TryGetExtension(id, out var value) ? value.ToArray() : null;
}

/// <summary>The browser's side of a call: probes like a full ICE agent, secures the path, sends and receives media.</summary>
internal sealed class TestPeer : IDisposable
{
    private readonly DtlsContext _context;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _secured = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket _socket = NewSocket();
    private DtlsConnection? _dtls;
    private (SrtpSession Outbound, SrtpSession Inbound)? _srtp;
    private IPEndPoint? _server;
    private string _username = string.Empty;
    private byte[] _password = [];
    private long _nextCheck;
    private volatile bool _stopping;
    private int _answers;

    public TestPeer()
    {
        Certificate = DtlsCertificate.Create(DateTimeOffset.UtcNow);
        _context = new DtlsContext(Certificate);
        Offer = new TestOffer { Fingerprint = Certificate.Fingerprint };
        _thread = new Thread(Run) { IsBackground = true, Name = "test peer" };
    }

    public DtlsCertificate Certificate { get; }

    public TestOffer Offer { get; set; }

    public bool IsDtlsServer { get; set; }

    public bool Nominates { get; set; } = true;

    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    public volatile bool ChecksPaused;

    /// <summary>Says by payload type which packets the network loses; asked before they are decrypted.</summary>
    public Func<int, bool>? Loses { get; set; }

    /// <summary>Asks for missing video packets again, as a browser does.</summary>
    public bool SendsNacks { get; set; }

    /// <summary>Reports arrival times by transport-wide numbers, as a browser does.</summary>
    public bool SendsTransportFeedback { get; set; }

    public ConcurrentQueue<TestPacket> Packets { get; } = new();

    public ConcurrentQueue<byte[]> Reports { get; } = new();

    public ConcurrentQueue<byte[]> StunErrors { get; } = new();

    /// <summary>Connectivity checks that were answered with success.</summary>
    public int Answers => Volatile.Read(ref _answers);

    public Task Secured => _secured.Task;

    public DtlsState DtlsState => _dtls?.State ?? DtlsState.Handshaking;

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public SessionOffer ParsedOffer => SessionOffer.TryParse(Offer.ToString(), out var offer, out var error)
        ? offer
        : throw new InvalidOperationException(error.Message);

    /// <summary>Begins to probe the server of an answer.</summary>
    public void Connect(PeerConnection peer, IPEndPoint server, string? password = null)
    {
        Use(peer, password);
        _server = server;
        _dtls = new DtlsConnection(_context, IsDtlsServer, datagram => _socket.SendTo(datagram, SocketFlags.None, _server));
        _thread.Start();
    }

    /// <summary>Takes over new credentials after an ICE restart.</summary>
    public void Use(PeerConnection peer, string? password = null)
    {
        lock (_lock)
        {
            _username = $"{peer.Session.LocalUfrag}:{Offer.Ufrag}";
            _password = Encoding.ASCII.GetBytes(password ?? peer.Session.LocalPwd);
        }
    }

    /// <summary>Goes on from another port, as a phone that changes networks.</summary>
    public void MoveToNewAddress()
    {
        lock (_lock)
        {
            var old = _socket;
            _socket = NewSocket();
            _nextCheck = 0;
            old.Dispose();
        }
    }

    public void SendRtp(ReadOnlySpan<byte> plain)
    {
        Span<byte> buffer = stackalloc byte[1500];
        plain.CopyTo(buffer);
        lock (_lock)
        {
            var length = _srtp!.Value.Outbound.ProtectRtp(buffer, plain.Length);
            _socket.SendTo(buffer[..length], SocketFlags.None, _server!);
        }
    }

    public void SendRtcp(ReadOnlySpan<byte> plain)
    {
        Span<byte> buffer = stackalloc byte[1500];
        plain.CopyTo(buffer);
        lock (_lock)
        {
            var length = _srtp!.Value.Outbound.ProtectRtcp(buffer, plain.Length);
            _socket.SendTo(buffer[..length], SocketFlags.None, _server!);
        }
    }

    public void SendRaw(ReadOnlySpan<byte> datagram) => _socket.SendTo(datagram, SocketFlags.None, _server!);

    public void SendAudio(ushort sequence, uint timestamp, ReadOnlySpan<byte> payload, uint ssrc = 1001, ulong? captureNtp = null)
    {
        Span<byte> packet = stackalloc byte[1300];
        var header = new RtpHeader(TestOffer.OpusType, false, sequence, timestamp, ssrc);
        var length = RtpPacketWriter.WriteHeader(
            packet, header, new HeaderExtensionIds(4, 2, 3, 0, 7), new HeaderExtensionValues { Mid = "0"u8.ToArray(), AbsCaptureTimeNtp = captureNtp });
        payload.CopyTo(packet[length..]);
        SendRtp(packet[..(length + payload.Length)]);
    }

    public void SendNack(uint mediaSsrc, params ReadOnlySpan<ushort> sequences)
    {
        Span<byte> packet = stackalloc byte[12 + (4 * sequences.Length)];
        WriteFeedback(packet, 205, 1, mediaSsrc);
        for (var index = 0; index < sequences.Length; index++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[(12 + (4 * index))..], sequences[index]);
            BinaryPrimitives.WriteUInt16BigEndian(packet[(14 + (4 * index))..], 0);
        }

        SendRtcp(packet);
    }

    public void SendPictureLoss(uint mediaSsrc)
    {
        Span<byte> packet = stackalloc byte[12];
        WriteFeedback(packet, 206, 1, mediaSsrc);
        SendRtcp(packet);
    }

    public void CloseDtls()
    {
        lock (_lock)
        {
            _dtls?.Close();
        }
    }

    public void Dispose()
    {
        _stopping = true;
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _socket.Dispose();
        _dtls?.Dispose();
        _context.Dispose();
        _srtp?.Outbound.Dispose();
        _srtp?.Inbound.Dispose();
    }

    /// <summary>A connectivity check as a full agent sends it.</summary>
    public static int WriteCheck(Span<byte> buffer, string username, byte[] password, bool nominate)
    {
        var writer = new StunWriter(buffer, StunType.BindingRequest, RandomNumberGenerator.GetBytes(12));
        writer.Add(StunAttribute.Username, Encoding.ASCII.GetBytes(username));
        writer.Add(StunAttribute.IceControlling, new byte[8]);
        writer.Add(StunAttribute.Priority, [0x7E, 0, 0, 1]);
        if (nominate)
        {
            writer.Add(StunAttribute.UseCandidate, []);
        }

        return writer.Finish(password);
    }

    private static Socket NewSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5, ReceiveBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static void WriteFeedback(Span<byte> packet, byte type, byte format, uint mediaSsrc)
    {
        packet[0] = (byte)(0x80 | format);
        packet[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)((packet.Length / 4) - 1));
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], 1001);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], mediaSsrc);
    }

    private void Run()
    {
        var buffer = new byte[2048];
        while (!_stopping)
        {
            Probe();
            try
            {
                if (!_socket.Poll(5000, SelectMode.SelectRead))
                {
                    continue;
                }

                var length = _socket.Receive(buffer);
                Handle(buffer.AsSpan(0, length));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                continue; // the socket was changed by MoveToNewAddress
            }
        }
    }

    private void Probe()
    {
        lock (_lock)
        {
            _dtls!.Tick();
            if (ChecksPaused || Environment.TickCount64 < _nextCheck)
            {
                return;
            }

            _nextCheck = Environment.TickCount64 + (long)CheckInterval.TotalMilliseconds;
            Span<byte> buffer = stackalloc byte[512];
            var length = WriteCheck(buffer, _username, _password, Nominates);
            _socket.SendTo(buffer[..length], SocketFlags.None, _server!);
        }
    }

    private void Handle(Span<byte> datagram)
    {
        switch (DatagramClassifier.Classify(datagram))
        {
            case DatagramKind.Stun:
                HandleStun(datagram);
                break;
            case DatagramKind.Dtls:
                HandleDtls(datagram);
                break;
            case DatagramKind.Rtp:
                HandleRtp(datagram);
                break;
            case DatagramKind.Rtcp:
                lock (_lock)
                {
                    if (_srtp?.Inbound.UnprotectRtcp(datagram, out var length) == SrtpResult.Ok)
                    {
                        Reports.Enqueue(datagram[..length].ToArray());
                    }
                }

                break;
        }
    }

    private void HandleStun(ReadOnlySpan<byte> datagram)
    {
        if (!StunMessage.TryParse(datagram, out var message) || !message.VerifyIntegrity(_password))
        {
            return;
        }

        if (message.Type == StunType.BindingError)
        {
            StunErrors.Enqueue(datagram.ToArray());
            return;
        }

        if (Interlocked.Increment(ref _answers) == 1 && !IsDtlsServer)
        {
            lock (_lock)
            {
                _dtls!.Start();
            }
        }
    }

    private void HandleDtls(ReadOnlySpan<byte> datagram)
    {
        lock (_lock)
        {
            _dtls!.Receive(datagram);
            if (_dtls.State == DtlsState.Connected && _srtp is null && _dtls.TryGetSrtpKeys(out var profile, out var keys))
            {
                _srtp = SrtpSession.CreatePair(profile, keys, IsDtlsServer);
                _secured.TrySetResult();
            }
        }
    }

    private void HandleRtp(Span<byte> datagram)
    {
        if (Loses?.Invoke(datagram[1] & 0x7F) == true)
        {
            return;
        }

        int length;
        lock (_lock)
        {
            if (_srtp is null || _srtp.Value.Inbound.UnprotectRtp(datagram, out length) != SrtpResult.Ok)
            {
                return;
            }
        }

        Assert.True(RtpPacketView.TryParse(datagram[..length], out var view));
        var packet = new TestPacket(
            view.PayloadType, view.Marker, view.SequenceNumber, view.Timestamp, view.Ssrc, datagram[..length].ToArray(), view.Payload.ToArray(),
            TimeProvider.System.GetElapsedTime(0));
        Packets.Enqueue(packet);
        if (SendsTransportFeedback)
        {
            _reporter.OnPacket(packet, this);
        }

        if (SendsNacks)
        {
            _repair.OnPacket(packet, this);
        }
    }

    private readonly Repair _repair = new();
    private readonly TransportReporter _reporter = new();

    /// <summary>Asks for gaps in the video's numbers, each up to ten times.</summary>
    private sealed class Repair
    {
        private readonly Dictionary<ushort, (int Tries, long Next)> _missing = [];
        private ushort? _highest;

        public void OnPacket(TestPacket packet, TestPeer peer)
        {
            if (packet.PayloadType == TestOffer.RtxType)
            {
                _missing.Remove(BinaryPrimitives.ReadUInt16BigEndian(packet.Payload));
            }
            else if (packet.PayloadType == TestOffer.VideoType)
            {
                _missing.Remove(packet.Sequence);
                for (var next = (ushort)((_highest ?? (ushort)(packet.Sequence - 1)) + 1); (short)(packet.Sequence - next) > 0; next++)
                {
                    _missing[next] = (0, 0);
                }

                _highest = _highest is { } highest && (short)(packet.Sequence - highest) < 0 ? highest : packet.Sequence;
                Ssrc = packet.Ssrc;
            }

            var now = Environment.TickCount64;
            foreach (var (sequence, (tries, next)) in _missing.ToArray())
            {
                if (now >= next && tries < 10)
                {
                    _missing[sequence] = (tries + 1, now + 80);
                    peer.SendNack(Ssrc, sequence);
                }
            }
        }

        private uint Ssrc { get; set; }
    }
}
