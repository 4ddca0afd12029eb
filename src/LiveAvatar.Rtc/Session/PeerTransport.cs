using LiveAvatar.Rtc.Dtls;
using LiveAvatar.Rtc.Ice;
using LiveAvatar.Rtc.Sdp;
using LiveAvatar.Rtc.Srtp;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Session;

/// <summary>The secured way to one peer: ICE proves the address, DTLS the certificate, SRTP each packet.</summary>
/// <remarks>
/// Called under the peer's receive lock, by the receive thread and the timer thread. Knows no socket but to answer, and no
/// clock: every call brings its time. The peer's faults end in <see cref="Failure"/>.
/// </remarks>
internal sealed class PeerTransport : IDisposable
{
    private readonly RtcOptions _options;
    private readonly NegotiatedSession _session;
    private readonly DtlsContext _dtlsContext;
    private readonly IDatagramTransport _network;
    private readonly TimeSpan _created;
    private DtlsConnection? _dtls;
    private SrtpSession? _inbound;
    private TimeSpan _connectingSince;
    private TimeSpan _lastHeard;

    public PeerTransport(
        RtcOptions options, NegotiatedSession session, IceCredentials local, DtlsContext dtlsContext, IDatagramTransport network, TimeSpan now)
    {
        _options = options;
        _session = session;
        _dtlsContext = dtlsContext;
        _network = network;
        _created = now;
        Ice = new IceLiteAgent(local, session.RemoteUfrag);
    }

    public IceLiteAgent Ice { get; }

    public PeerState State { get; private set; }

    /// <summary>Why the transport is of no more use; null while it is.</summary>
    public SessionEndReason? Failure { get; private set; }

    /// <summary>What the library said to <see cref="Failure"/>.</summary>
    public string? FailureDetail { get; private set; }

    /// <summary>Version, cipher suite and SRTP profile; empty before the handshake.</summary>
    public string Security { get; private set; } = string.Empty;

    public long Checks { get; private set; }

    public long PathChanges { get; private set; }

    public long PacketsRefused { get; private set; }

    /// <summary>Answers a connectivity check. What is selected may change by it.</summary>
    public IceOutcome HandleCheck(in StunMessage request, in NetworkPath from, TimeSpan now)
    {
        var isFirst = Ice.Selected is null;
        Span<byte> answer = stackalloc byte[256];
        var outcome = Ice.HandleCheck(request, from, now, answer);
        if (outcome.AnswerLength > 0)
        {
            _network.Send(from, answer[..outcome.AnswerLength]);
        }

        if (!outcome.IsValid)
        {
            return outcome;
        }

        Checks++;
        _lastHeard = now;
        PathChanges += outcome.SelectedChanged && !isFirst ? 1 : 0;
        if (State == PeerState.New)
        {
            State = PeerState.Connecting;
            _connectingSince = now;
        }

        if (_session.DtlsRole == DtlsRole.Client && _dtls is null && Ice.IsNominated)
        {
            StartDtls().Start();
        }

        return outcome;
    }

    /// <summary>Takes a DTLS datagram from a validated path; gives the outbound SRTP session when it completes the handshake.</summary>
    public SrtpSession? HandleDtls(ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        if (Failure is not null || State == PeerState.New)
        {
            return null;
        }

        var dtls = _dtls ?? StartDtls();
        dtls.Receive(datagram);
        return Judge(dtls, now);
    }

    /// <summary>Decrypts a media packet from a validated path in place; false, and counted, if it is refused.</summary>
    public bool TryUnprotect(Span<byte> packet, bool isRtcp, TimeSpan now, out int length)
    {
        length = 0;
        if (_inbound is null)
        {
            return false;
        }

        var result = isRtcp ? _inbound.UnprotectRtcp(packet, out length) : _inbound.UnprotectRtp(packet, out length);
        if (result != SrtpResult.Ok)
        {
            PacketsRefused++;
            return false;
        }

        _lastHeard = now;
        return true;
    }

    /// <summary>Repeats overdue handshake flights and watches the time limits.</summary>
    public void Tick(TimeSpan now)
    {
        _dtls?.Tick();
        if (_dtls is { State: DtlsState.Failed })
        {
            Judge(_dtls, now);
        }

        Failure ??= State switch
        {
            PeerState.New when now - _created > _options.IceTimeout => SessionEndReason.IceFailed,
            PeerState.Connecting when now - _connectingSince > _options.DtlsTimeout => SessionEndReason.DtlsFailed,
            PeerState.Connected when now - _lastHeard > _options.ConsentTimeout => SessionEndReason.PeerTimedOut,
            _ => null,
        };
    }

    /// <summary>Whether anything authentic came within <paramref name="span"/>.</summary>
    public bool WasHeardWithin(TimeSpan span, TimeSpan now) => State != PeerState.New && now - _lastHeard <= span;

    public void CloseDtls() => _dtls?.Close();

    public void Dispose()
    {
        _dtls?.Dispose();
        _inbound?.Dispose();
        _dtls = null;
        _inbound = null;
        State = PeerState.Closed;
    }

    private DtlsConnection StartDtls() =>
        _dtls = new DtlsConnection(_dtlsContext, _session.DtlsRole == DtlsRole.Server, datagram => _network.Send(Ice.Selected!.Value, datagram));

    private SrtpSession? Judge(DtlsConnection dtls, TimeSpan now)
    {
        switch (dtls.State)
        {
            case DtlsState.Failed:
                Fail(SessionEndReason.DtlsFailed, dtls.Failure);
                return null;
            case DtlsState.Closed:
                Fail(State == PeerState.Connected ? SessionEndReason.PeerClosed : SessionEndReason.DtlsFailed, "close_notify");
                return null;
            case DtlsState.Connected when State == PeerState.Connecting:
                _lastHeard = now;
                return OpenSrtp(dtls);
            default:
                return null;
        }
    }

    /// <summary>Compares the certificate with the signalling and, only then, makes the media keys (RFC 8827 section 6.5).</summary>
    private SrtpSession? OpenSrtp(DtlsConnection dtls)
    {
        if (!_session.RemoteFingerprint.Matches(dtls.GetPeerCertificate()))
        {
            Fail(SessionEndReason.FingerprintMismatch, null);
            return null;
        }

        if (!dtls.TryGetSrtpKeys(out var profile, out var keyingMaterial))
        {
            Fail(SessionEndReason.DtlsFailed, "no common SRTP profile");
            return null;
        }

        var (outbound, inbound) = SrtpSession.CreatePair(profile, keyingMaterial, _session.DtlsRole == DtlsRole.Server);
        _inbound = inbound;
        Security = $"{dtls.Description}, {profile}";
        State = PeerState.Connected;
        return outbound;
    }

    private void Fail(SessionEndReason reason, string? detail)
    {
        Failure ??= reason;
        FailureDetail ??= detail;
    }
}
