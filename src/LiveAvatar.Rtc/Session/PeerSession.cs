using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using LiveAvatar.Media.Rtcp;
using LiveAvatar.Rtc.Ice;
using LiveAvatar.Rtc.Sdp;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Session;

/// <summary>What the receive thread and the timer thread do for one peer, from the first check to the last goodbye.</summary>
/// <remarks>
/// Three threads meet at a peer: the receive thread brings datagrams, the timer thread ticks, any thread sends. The receive
/// lock guards the transport (ICE, DTLS, inbound SRTP), the uplink's state and the feedback; sending has its own lock in
/// <see cref="MediaSender"/>, which may be taken inside the receive lock, never the other way round. Callbacks run under
/// neither. Only the timer thread ends a session, so nothing native is freed under a datagram's feet.
/// </remarks>
internal sealed class PeerSession : IAsyncDisposable
{
    private static readonly TimeSpan HousekeepingInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PathLease = TimeSpan.FromSeconds(5);

    private readonly Lock _receiveLock = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PeerEnvironment _environment;
    private readonly IPeerObserver _observer;
    private readonly PeerTransport _transport;
    private readonly UplinkAudio _uplink;
    private readonly PeerFeedback _feedback;
    private TimeSpan _nextHousekeeping;
    private TimeSpan _nextReport;
    private int _endReason = -1;
    private bool _ended;

    public PeerSession(
        PeerEnvironment environment, NegotiatedSession negotiated, IceCredentials credentials, PeerSsrcs ssrcs, PeerOptions options, IPeerObserver observer)
    {
        _environment = environment;
        _observer = observer;
        Negotiated = negotiated;
        var now = environment.Now;
        _transport = new PeerTransport(environment.Options, negotiated, credentials, environment.Dtls, environment.Network, now);
        Sender = new MediaSender(negotiated, options, ssrcs, environment.Network, environment.Wall, environment.WakeTimer);
        _uplink = new UplinkAudio(negotiated);
        _feedback = new PeerFeedback(ssrcs, environment.Wall, environment.Options.KeyFrameInterval, Sender, _uplink);
        _nextHousekeeping = now;
    }

    /// <summary>Names the peer; 128 random bits.</summary>
    public string Id { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public NegotiatedSession Negotiated { get; private set; }

    public MediaSender Sender { get; }

    public PeerState State => _transport.State;

    /// <summary>Completes when the session is over and everything native is freed.</summary>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "Completed by the timer thread, which waits for nobody.")]
    public Task Closed => _closed.Task;

    /// <summary>Asks the timer thread to end the session. Any thread; only the first reason counts.</summary>
    public void Close(SessionEndReason reason)
    {
        if (Interlocked.CompareExchange(ref _endReason, (int)reason, -1) == -1)
        {
            _environment.WakeTimer();
        }
    }

    /// <summary>Ends the session and waits until it is over. Not from the timer thread.</summary>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "As above.")]
    public async ValueTask DisposeAsync()
    {
        Close(SessionEndReason.LocalClose);
        await _closed.Task.ConfigureAwait(false);
    }

    /// <summary>Begins an ICE restart and gives the new state of the negotiation. Any thread.</summary>
    public NegotiatedSession RestartIce(IceFragment fragment)
    {
        var credentials = IceCredentials.Create();
        lock (_receiveLock)
        {
            if (!_ended)
            {
                if (_transport.Ice.PreviousLocal is { } unfinished)
                {
                    _environment.Directory.RemoveCredentials(unfinished);
                }

                _environment.Directory.TryAddCredentials(this, credentials);
                _transport.Ice.Restart(credentials, fragment.Ufrag);
            }

            return Negotiated = Negotiated.WithNewIce(credentials.Ufrag, credentials.Password, fragment.Ufrag, fragment.Pwd);
        }
    }

    public PeerStats GetStats()
    {
        PeerStats stats;
        lock (_receiveLock)
        {
            stats = _feedback.AddTo(new PeerStats
            {
                Security = _transport.Security,
                Checks = _transport.Checks,
                PathChanges = _transport.PathChanges,
                PacketsRefused = _transport.PacketsRefused,
                PacketsReceived = _uplink.PacketsReceived,
                BytesReceived = _uplink.BytesReceived,
                PacketsLostInbound = _uplink.PacketsLost,
                JitterInbound = _uplink.Jitter,
            });
        }

        return Sender.AddTo(stats);
    }

    public bool WasHeardWithin(TimeSpan span, TimeSpan now)
    {
        lock (_receiveLock)
        {
            return _transport.WasHeardWithin(span, now);
        }
    }

    /// <summary>Takes a connectivity check whose user name names this peer. Receive thread.</summary>
    public void HandleCheck(in StunMessage request, in NetworkPath from, TimeSpan now)
    {
        // An address that serves another living peer is not given away: its checks could be forged by anyone with a session.
        if (_environment.Directory.FindByPath(from) is { } other && other != this && other.WasHeardWithin(PathLease, now))
        {
            return;
        }

        lock (_receiveLock)
        {
            if (_ended)
            {
                return;
            }

            var outcome = _transport.HandleCheck(request, from, now);
            if (!outcome.IsValid)
            {
                return;
            }

            if (outcome.Evicted is { } evicted)
            {
                _environment.Directory.Unbind(evicted, this);
            }

            if (outcome.Retired is { } retired)
            {
                _environment.Directory.RemoveCredentials(retired);
            }

            _environment.Directory.Bind(from, this);
            if (outcome.SelectedChanged)
            {
                Log.PathSelected(_environment.Logger, Id, from);
                Sender.MoveTo(from);
            }
        }
    }

    /// <summary>Takes a DTLS datagram from one of this peer's paths. Receive thread.</summary>
    public void HandleDtls(ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        lock (_receiveLock)
        {
            if (_ended)
            {
                return;
            }

            var outbound = _transport.HandleDtls(datagram, now);
            CheckFailure();
            if (outbound is null)
            {
                return;
            }

            _nextReport = now + ReportInterval;
            Sender.Open(outbound, _transport.Ice.Selected!.Value);
            Log.Connected(_environment.Logger, Id, _transport.Security);
        }

        _observer.OnConnected();
        if (Negotiated.SendsVideo)
        {
            _observer.OnKeyFrameRequested();
        }
    }

    /// <summary>Takes an RTP or RTCP datagram from one of this peer's paths; it is decrypted in place. Receive thread.</summary>
    public void HandleMedia(Span<byte> datagram, bool isRtcp, TimeSpan now, TimeSpan waited)
    {
        ReceivedAudio audio = default;
        FeedbackOutcome feedback = default;
        var hasAudio = false;
        lock (_receiveLock)
        {
            if (_ended || !_transport.TryUnprotect(datagram, isRtcp, now, out var length))
            {
                return;
            }

            if (isRtcp)
            {
                feedback = _feedback.Handle(datagram[..length], now);
            }
            else
            {
                hasAudio = _uplink.TryRead(datagram[..length], now, waited, out audio);
            }
        }

        if (hasAudio)
        {
            _observer.OnAudioPacket(audio);
        }

        if (feedback.WantsKeyFrame)
        {
            _observer.OnKeyFrameRequested();
        }

        if (feedback.SaysBye)
        {
            Close(SessionEndReason.PeerClosed);
        }
    }

    /// <summary>Does what is due; returns when to come again. Timer thread.</summary>
    public TimeSpan Tick(TimeSpan now)
    {
        if (now >= Sender.PumpDue)
        {
            Sender.Pump(now);
        }

        if (now >= _nextHousekeeping)
        {
            _nextHousekeeping = now + HousekeepingInterval;
            KeepHouse(now);
        }

        if (Volatile.Read(ref _endReason) is >= 0 and var reason)
        {
            End((SessionEndReason)reason);
            return TimeSpan.MaxValue;
        }

        var pump = Sender.PumpDue;
        return pump < _nextHousekeeping ? pump : _nextHousekeeping;
    }

    private void KeepHouse(TimeSpan now)
    {
        ReportBlock block;
        bool hasBlock;
        lock (_receiveLock)
        {
            _transport.Tick(now);
            CheckFailure();
            if (_transport.State != PeerState.Connected || (now < _nextReport && !Sender.AwaitsFirstReport))
            {
                return;
            }

            _nextReport = now + ReportInterval;
            hasBlock = _uplink.TryCreateReport(now, out block);
        }

        Sender.SendReports(hasBlock ? [block] : default, now);
    }

    private void CheckFailure()
    {
        if (_transport.Failure is { } failure && Volatile.Read(ref _endReason) < 0)
        {
            Log.TransportFailed(_environment.Logger, Id, failure, _transport.FailureDetail);
            Close(failure);
        }
    }

    private void End(SessionEndReason reason)
    {
        if (_ended)
        {
            return;
        }

        Sender.SendBye();
        lock (_receiveLock)
        {
            _ended = true;
            _transport.CloseDtls();
            _environment.Directory.Remove(this, _transport.Ice);
            _transport.Dispose();
        }

        Sender.Dispose();
        Log.Ended(_environment.Logger, Id, reason);
        try
        {
            _observer.OnClosed(reason);
        }
        finally
        {
            _closed.TrySetResult();
        }
    }
}
