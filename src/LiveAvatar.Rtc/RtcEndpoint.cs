using System.Net;
using System.Security.Cryptography;
using LiveAvatar.Media.Timing;
using LiveAvatar.Rtc.Dtls;
using LiveAvatar.Rtc.Ice;
using LiveAvatar.Rtc.Sdp;
using LiveAvatar.Rtc.Session;
using LiveAvatar.Rtc.Transport;
using Microsoft.Extensions.Logging;

namespace LiveAvatar.Rtc;

/// <summary>The one UDP port of all sessions: answers offers, and brings each datagram to its peer.</summary>
/// <remarks>
/// Two threads: the receive thread (in <see cref="UdpTransport"/>) parses, decrypts and calls the observers; the timer
/// thread paces, repeats handshake flights, reports, and ends what is over. A datagram from a stranger costs one look-up
/// and allocates nothing. A failure in one peer's handling ends that peer alone.
/// </remarks>
public sealed class RtcEndpoint : IAsyncDisposable
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(1);

    private readonly RtcOptions _options;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _timer;
    private readonly IDatagramTransport _network;
    private readonly DtlsContext _dtls;
    private readonly PeerDirectory _peers;
    private readonly PeerEnvironment _environment;
    private volatile bool _stopping;
    private bool _started;

    /// <summary>Binds the port and makes the certificate; nothing is received before <see cref="Start"/>.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The port cannot be bound on any address.</exception>
    /// <exception cref="InvalidOperationException">OpenSSL or libsrtp2 are missing or refuse what is needed; the message says which package to install.</exception>
    public RtcEndpoint(RtcOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(loggers);
        _options = options;
        _logger = loggers.CreateLogger<RtcEndpoint>();
        NativeTransport.Require();
        Srtp.LibSrtp.Initialise();
        _dtls = new DtlsContext(DtlsCertificate.Create(time.GetUtcNow()));
        _network = CreateNetwork(options, time, _logger);
        _peers = new PeerDirectory(options.MaxSessions);
        var wall = WallClock.Pair(time.GetElapsedTime(0), time.GetUtcNow());
        _environment = new PeerEnvironment(options, time, wall, _dtls, _network, _peers, () => _wake.Set(), _logger);
        _timer = new Thread(RunTimer) { IsBackground = true, Name = "LiveAvatar timer", Priority = ThreadPriority.AboveNormal };
        LocalCandidates = FindCandidates();
    }

    /// <summary>The addresses told to the peers, best first.</summary>
    public IReadOnlyList<IPEndPoint> LocalCandidates { get; }

    /// <summary>"sha-256 AB:CD:…" of this process's certificate.</summary>
    public string Fingerprint => _dtls.Certificate.Fingerprint;

    /// <summary>The UDP port, chosen by the system if the options said 0.</summary>
    public int Port => _network.LocalEndPoints[0].Port;

    /// <summary>Peers connected or connecting.</summary>
    public int PeerCount => _peers.Snapshot.Length;

    internal PeerDirectory Directory => _peers;

    /// <summary>Begins to receive.</summary>
    public void Start()
    {
        _started = true;
        _timer.Start();
        _network.Start(Handle);
        Log.Listening(_logger, Port, string.Join(", ", _network.LocalEndPoints.Select(local => local.Address)));
    }

    /// <summary>Answers an offer; the peer waits for its first connectivity check.</summary>
    /// <exception cref="SdpException">The offer cannot be answered; the error says what to change.</exception>
    /// <exception cref="PeerLimitException">There are <see cref="RtcOptions.MaxSessions"/> already, or the endpoint is closing.</exception>
    public PeerConnection CreatePeer(SessionOffer offer, PeerOptions options, IPeerObserver observer)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        var credentials = IceCredentials.Create();
        var ssrcs = PeerSsrcs.Create();
        var answer = new AnswerOptions
        {
            LocalUfrag = credentials.Ufrag,
            LocalPwd = credentials.Password,
            Fingerprint = Fingerprint,
            SessionId = (ulong)RandomNumberGenerator.GetInt32(int.MaxValue),
            PreferredDtlsRole = options.PreferredDtlsRole,
            Candidates = LocalCandidates,
            AudioSsrc = ssrcs.Audio,
            VideoSsrc = ssrcs.Video,
            RtxSsrc = ssrcs.Rtx,
            CName = options.CName,
            MediaStreamId = options.CName,
            VideoCodecs = options.VideoCodecs,
            ReceiveAudio = options.ReceiveAudio,
            SendAudio = options.SendAudio,
            SendVideo = options.SendVideo,
        };
        if (!SdpAnswerer.TryAnswer(offer, answer, out var session, out var error))
        {
            throw new SdpException(error);
        }

        var peer = new PeerSession(_environment, session, credentials, ssrcs, options, observer);
        if (!_peers.TryAdd(peer, credentials))
        {
            throw new PeerLimitException(_stopping ? "The server is stopping." : $"There are {_options.MaxSessions} sessions already.");
        }

        Log.Answered(_logger, peer.Id, session.DtlsRole);
        _wake.Set();
        return new PeerConnection(_environment, peer);
    }

    /// <summary>Ends every session with <see cref="SessionEndReason.ServerShutdown"/>, then closes the port.</summary>
    public async ValueTask DisposeAsync()
    {
        _peers.Close();
        foreach (var peer in _peers.Snapshot)
        {
            peer.Close(SessionEndReason.ServerShutdown);
        }

        _stopping = true;
        _wake.Set();
        if (_started)
        {
            _timer.Join();
        }
        else
        {
            RunTimer();
        }

        await _network.DisposeAsync().ConfigureAwait(false);
        _dtls.Dispose();
        _wake.Dispose();
    }

    private static IDatagramTransport CreateNetwork(RtcOptions options, TimeProvider time, ILogger logger)
    {
        var addresses = options.BindAddresses.Count > 0 ? options.BindAddresses : LocalAddresses.Find();
        var udp = new UdpTransport(addresses, options.Port, logger);
        if (options.Impairment is not { } impairment)
        {
            return udp;
        }

        Log.Impaired(logger, impairment);
        return new LossyLink(udp, impairment, time);
    }

    private List<IPEndPoint> FindCandidates()
    {
        var bound = _network.LocalEndPoints.SelectMany(local =>
            local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any) ? LocalAddresses.Find() : [local.Address]);
        var addresses = _options.AdvertisedAddresses.Count > 0 ? _options.AdvertisedAddresses : bound;
        return [.. addresses.Distinct().OrderBy(IPAddress.IsLoopback).Select(address => new IPEndPoint(address, Port))];
    }

    /// <summary>Brings a datagram to its peer. Receive thread.</summary>
    private void Handle(in NetworkPath path, Span<byte> datagram, TimeSpan waited)
    {
        var kind = DatagramClassifier.Classify(datagram);
        if (kind == DatagramKind.Stun)
        {
            HandleStun(path, datagram);
            return;
        }

        if (kind == DatagramKind.Unknown || _peers.FindByPath(path) is not { } peer)
        {
            return;
        }

        var now = _environment.Now;
        try
        {
            if (kind == DatagramKind.Dtls)
            {
                peer.HandleDtls(datagram, now);
            }
            else
            {
                peer.HandleMedia(datagram, kind == DatagramKind.Rtcp, now, waited);
            }
        }
#pragma warning disable CA1031 // Whatever went wrong, it is this peer's and must not reach the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(peer, exception);
        }
    }

    private void HandleStun(in NetworkPath path, ReadOnlySpan<byte> datagram)
    {
        if (!StunMessage.TryParse(datagram, out var message)
            || message.Type != StunType.BindingRequest
            || !IceCredentials.TryReadUsername(message.Username, out var key, out _)
            || _peers.FindByUfrag(key) is not { } peer)
        {
            return;
        }

        try
        {
            peer.HandleCheck(message, path, _environment.Now);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(peer, exception);
        }
    }

    /// <summary>The timer loop: each peer does what is due and says when to come again.</summary>
    private void RunTimer()
    {
        while (!_stopping || _peers.Snapshot.Length > 0)
        {
            var now = _environment.Now;
            var next = now + IdleWait;
            foreach (var peer in _peers.Snapshot)
            {
                var due = Tick(peer, now);
                next = due < next ? due : next;
            }

            var wait = next - _environment.Now;
            _wake.WaitOne(wait > LeastWait ? wait : LeastWait);
        }
    }

    private TimeSpan Tick(PeerSession peer, TimeSpan now)
    {
        try
        {
            return peer.Tick(now);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(peer, exception);
            return TimeSpan.MaxValue;
        }
    }

    private void Fail(PeerSession peer, Exception exception)
    {
        Log.PeerFailed(_logger, peer.Id, exception);
        peer.Close(SessionEndReason.MediaFailed);
    }
}
