using System.Security.Cryptography;
using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Rtc.Ice;
using LiveAvatar.Rtc.Sdp;
using LiveAvatar.Rtc.Session;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc;

/// <summary>One peer's connection: answered, then checked by ICE, secured by DTLS, then carrying media both ways until it ends.</summary>
/// <remarks>
/// Made by <see cref="RtcEndpoint.CreatePeer"/>. Three threads meet here: the receive thread brings datagrams, the timer
/// thread ticks, any thread sends. The receive lock guards the transport (ICE, DTLS, inbound SRTP), the uplink's state and
/// the feedback; sending has its own lock in <see cref="MediaSender"/>, which may be taken inside the receive lock, never
/// the other way round. Callbacks run under neither.
/// </remarks>
public sealed class PeerConnection : IAsyncDisposable
{
    private static readonly TimeSpan HousekeepingInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PathLease = TimeSpan.FromSeconds(5);

    private readonly Lock _receiveLock = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PeerEnvironment _environment;
    private readonly IPeerObserver _observer;
    private readonly PeerTransport _transport;
    private readonly MediaSender _sender;
    private readonly UplinkAudio _uplink;
    private readonly PeerFeedback _feedback;
    private TimeSpan _nextHousekeeping;
    private TimeSpan _nextReport;
    private int _endReason = -1;
    private bool _ended;

    internal PeerConnection(
        PeerEnvironment environment, NegotiatedSession session, IceCredentials credentials, PeerSsrcs ssrcs, PeerOptions options, IPeerObserver observer)
    {
        _environment = environment;
        _observer = observer;
        Session = session;
        var now = environment.Now;
        _transport = new PeerTransport(environment.Options, session, credentials, environment.Dtls, environment.Network, now);
        _sender = new MediaSender(session, options, ssrcs, environment.Network, environment.Wall, environment.WakeTimer);
        _uplink = new UplinkAudio(session);
        _feedback = new PeerFeedback(ssrcs, environment.Wall, environment.Options.KeyFrameInterval, _sender, _uplink);
        _nextHousekeeping = now;
    }

    /// <summary>Names the peer, in URLs too; 128 random bits.</summary>
    public string Id { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>What was agreed; replaced by an ICE restart.</summary>
    public NegotiatedSession Session { get; private set; }

    /// <summary>The answer to the peer's offer.</summary>
    public string AnswerSdp => Session.AnswerSdp;

    /// <summary>The entity tag of the ICE session, changed by each restart (RFC 9725 section 4.3.1).</summary>
    public string ETag => $"\"{Session.LocalUfrag}\"";

    /// <summary>How far the connection is.</summary>
    public PeerState State => _transport.State;

#pragma warning disable VSTHRD003 // Completed by the timer thread, which waits for nobody.
    /// <summary>Completes when the session is over and everything native is freed.</summary>
    public Task Closed => _closed.Task;
#pragma warning restore VSTHRD003

    private TimeSpan Now => _environment.Now;

    /// <summary>Sends one encoded frame: packets leave at once, those of a key frame spread over some milliseconds.</summary>
    /// <remarks>Callable from any thread. Nothing is sent before the peer is connected, nor before its first key frame.</remarks>
    /// <param name="accessUnit">A VP8 frame, or an H.264 access unit in Annex B form.</param>
    /// <param name="rtpTimestamp90k">Media time in 1/90000 s, of the same zero as <see cref="SendAudio"/>'s.</param>
    /// <param name="keyFrame">The frame needs no other.</param>
    /// <param name="temporalLayer">0 for the base layer.</param>
    /// <param name="captureNtp">NTP capture time of what the frame shows, by the capturer's clock; 0 = unknown.</param>
    /// <param name="captureClockOffset">Our clock minus the capturer's, signed 32.32 s; null = unknown.</param>
    public void SendVideo(
        ReadOnlySpan<byte> accessUnit, long rtpTimestamp90k, bool keyFrame, int temporalLayer, ulong captureNtp, long? captureClockOffset = null) =>
        _sender.SendVideo(accessUnit, rtpTimestamp90k, keyFrame, temporalLayer, captureNtp, captureClockOffset, Now);

    /// <summary>Sends one Opus packet, at once.</summary>
    /// <remarks>Callable from any thread. Nothing is sent before the peer is connected.</remarks>
    /// <param name="opusPacket">Up to <see cref="RtpLimits.MaxPayload"/> bytes; a longer one is dropped.</param>
    /// <param name="rtpTimestamp48k">Media time in 1/48000 s, of the same zero as <see cref="SendVideo"/>'s.</param>
    /// <param name="marker">First packet after a silence.</param>
    /// <param name="captureNtp">NTP capture time by the capturer's clock; 0 = unknown.</param>
    /// <param name="captureClockOffset">Our clock minus the capturer's, signed 32.32 s; null = unknown.</param>
    public void SendAudio(
        ReadOnlySpan<byte> opusPacket, long rtpTimestamp48k, bool marker, ulong captureNtp, long? captureClockOffset = null) =>
        _sender.SendAudio(opusPacket, rtpTimestamp48k, marker, captureNtp, captureClockOffset, Now);

    /// <summary>Sets the limits of the peer's playout delay, told with every video packet from now on; steps of 10 ms.</summary>
    public void SetPlayoutDelay(TimeSpan min, TimeSpan max) => _sender.SetPlayoutDelay(new PlayoutDelay(min, max));

    /// <summary>Tells the pacer the encoder's rate, in bits per second, above 0.</summary>
    public void SetVideoBitrate(int bitsPerSecond) => _sender.SetVideoBitrate(bitsPerSecond);

    /// <summary>Restarts ICE with the peer's new credentials; the media goes on over the old path until the new one is nominated.</summary>
    /// <returns>The fragment to answer the WHIP PATCH with; <see cref="ETag"/> is new.</returns>
    public string RestartIce(IceFragment fragment)
    {
        ArgumentNullException.ThrowIfNull(fragment);
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

            Session = Session.WithNewIce(credentials.Ufrag, credentials.Password, fragment.Ufrag, fragment.Pwd);
            return Session.IceFragment;
        }
    }

    /// <summary>The counters now.</summary>
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

        return _sender.AddTo(stats);
    }

    /// <summary>Ends the session; the timer thread says goodbye and frees it within milliseconds. Only the first reason counts.</summary>
    public void Close(SessionEndReason reason)
    {
        if (Interlocked.CompareExchange(ref _endReason, (int)reason, -1) == -1)
        {
            _environment.WakeTimer();
        }
    }

    /// <summary>Ends the session and waits until it is over.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(SessionEndReason.LocalClose);
#pragma warning disable VSTHRD003 // As above.
        await _closed.Task.ConfigureAwait(false);
#pragma warning restore VSTHRD003
    }

    /// <summary>What is added to the media timestamps on the wire.</summary>
    internal uint GetTimestampOffset(bool video) => _sender.GetTimestampOffset(video);

    internal bool WasHeardWithin(TimeSpan span, TimeSpan now)
    {
        lock (_receiveLock)
        {
            return _transport.WasHeardWithin(span, now);
        }
    }

    /// <summary>Takes a connectivity check whose user name names this peer. Receive thread.</summary>
    internal void HandleCheck(in StunMessage request, in NetworkPath from, TimeSpan now)
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
                _sender.MoveTo(from);
            }
        }
    }

    /// <summary>Takes a DTLS datagram from one of this peer's paths. Receive thread.</summary>
    internal void HandleDtls(ReadOnlySpan<byte> datagram, TimeSpan now)
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

            _nextReport = now + (ReportInterval / 5); // the first reports soon: players need them to align audio and video
            _sender.Open(outbound, _transport.Ice.Selected!.Value);
            Log.Connected(_environment.Logger, Id, _transport.Security);
        }

        _observer.OnConnected();
        if (Session.SendsVideo)
        {
            _observer.OnKeyFrameRequested();
        }
    }

    /// <summary>Takes an RTP or RTCP datagram from one of this peer's paths; it is decrypted in place. Receive thread.</summary>
    internal void HandleMedia(Span<byte> datagram, bool isRtcp, TimeSpan now)
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
                hasAudio = _uplink.TryRead(datagram[..length], now, out audio);
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
    internal TimeSpan Tick(TimeSpan now)
    {
        if (now >= _sender.PumpDue)
        {
            _sender.Pump(now);
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

        var pump = _sender.PumpDue;
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
            if (_transport.State != PeerState.Connected || now < _nextReport)
            {
                return;
            }

            _nextReport = now + ReportInterval;
            hasBlock = _uplink.TryCreateReport(now, out block);
        }

        _sender.SendReports(hasBlock ? [block] : default, now);
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

        _sender.SendBye();
        lock (_receiveLock)
        {
            _ended = true;
            _transport.CloseDtls();
            _environment.Directory.Remove(this, _transport.Ice);
            _transport.Dispose();
        }

        _sender.Dispose();
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
