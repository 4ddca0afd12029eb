using System.Text;
using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Timing;
using LiveAvatar.Rtc.Congestion;
using LiveAvatar.Rtc.Sdp;
using LiveAvatar.Rtc.Srtp;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Session;

/// <summary>Everything that is sent to a peer under SRTP: video, audio, retransmissions and reports.</summary>
/// <remarks>
/// Callable from any thread. One lock, the send lock, guards the SRTP context, the path, the transport-wide numbers, both
/// streams and the pacer. It is held while a datagram is handed to the kernel, never during a callback.
/// </remarks>
internal sealed class MediaSender : IDisposable
{
    // By how much later than its pictures receivers are told to play the sound. A browser takes two streams to be in step
    // within 30 ms (libwebrtc's StreamSynchronization). Its sound begins with a deep jitter buffer, for which it holds back the
    // pictures, and which it then empties: it comes to rest with the sound early by half of that. Late sound is noticed less
    // than early sound (ITU-R BT.1359-1), so the middle of what it takes for in step is put there.
    private static readonly TimeSpan SoundAfterPicture = TimeSpan.FromMilliseconds(30);

    private const int MaxRtcp = 512; // bytes: two reports with a block each and their CNAMEs are under 200

    private readonly Lock _sendLock = new();
    private readonly SecureSender _sender;
    private readonly MediaTimeline _timeline;
    private readonly BandwidthEstimator _bandwidth;
    private readonly VideoStream? _video;
    private readonly AudioStream? _audio;
    private readonly byte[] _cname;
    private readonly uint _reporterSsrc;
    private readonly Action _wakeTimer;
    private long _pumpDueTicks = long.MaxValue;
    private int _targetBitrate;

    /// <param name="session">What was agreed.</param>
    /// <param name="options">What the server wants.</param>
    /// <param name="ssrcs">Our streams.</param>
    /// <param name="transport">The network.</param>
    /// <param name="wall">The process's wall clock.</param>
    /// <param name="wakeTimer">Tells the timer thread that <see cref="PumpDue"/> has come nearer.</param>
    public MediaSender(
        NegotiatedSession session, PeerOptions options, PeerSsrcs ssrcs, IDatagramTransport transport, WallClock wall, Action wakeTimer)
    {
        _wakeTimer = wakeTimer;
        _bandwidth = new BandwidthEstimator(options.VideoBitrate);
        _targetBitrate = _bandwidth.Target;
        _sender = new SecureSender(transport, wall, _bandwidth);
        _timeline = new MediaTimeline(wall);
        _cname = Encoding.UTF8.GetBytes(options.CName);
        _reporterSsrc = ssrcs.Audio;
        _video = session.SendsVideo ? new VideoStream(session, options, ssrcs.Video, ssrcs.Rtx, _sender, _bandwidth) : null;
        _audio = session.SendsAudio ? new AudioStream(session, ssrcs.Audio, _sender) : null;
    }

    /// <summary>When <see cref="Pump"/> is to be called; <see cref="TimeSpan.MaxValue"/> when nothing waits. Read without the lock.</summary>
    public TimeSpan PumpDue => TimeSpan.FromTicks(Volatile.Read(ref _pumpDueTicks));

    /// <summary>What the path bears, bits per second, at most <see cref="PeerOptions.VideoBitrate"/>. Read without the lock.</summary>
    public int TargetBitrate => Volatile.Read(ref _targetBitrate);

    /// <summary>A stream has begun to send and was not reported on yet.</summary>
    public bool AwaitsFirstReport
    {
        get
        {
            lock (_sendLock)
            {
                return _video?.Counters.AwaitsFirstReport == true || _audio?.Counters.AwaitsFirstReport == true;
            }
        }
    }

    /// <summary>The random start of a stream's timestamps on the wire; 0 for a stream that is not sent.</summary>
    public uint GetTimestampOffset(bool video) => (video ? _video?.Counters : _audio?.Counters)?.TimestampOffset ?? 0;

    /// <summary>Begins to send; takes over <paramref name="srtp"/>.</summary>
    public void Open(SrtpSession srtp, in NetworkPath path)
    {
        lock (_sendLock)
        {
            _sender.Open(srtp, path);
        }
    }

    public void MoveTo(in NetworkPath path)
    {
        lock (_sendLock)
        {
            _sender.MoveTo(path);
        }
    }

    public void SendVideo(
        ReadOnlySpan<byte> frame, long timestamp, bool keyFrame, int temporalLayer, ulong captureNtp, long? captureClockOffset, TimeSpan now)
    {
        lock (_sendLock)
        {
            if (_video is null || !_sender.IsOpen)
            {
                return;
            }

            _timeline.OnSent(RtpClock.Video.ToTime(timestamp), now);
            _video.SendFrame(frame, timestamp, keyFrame, temporalLayer, captureNtp, captureClockOffset, now);
        }

        Pump(now);
    }

    public void SendAudio(ReadOnlySpan<byte> opus, long timestamp, bool marker, ulong captureNtp, long? captureClockOffset, TimeSpan now)
    {
        lock (_sendLock)
        {
            if (_audio is null || !_sender.IsOpen)
            {
                return;
            }

            _timeline.OnSent(RtpClock.Opus.ToTime(timestamp), now);
            _audio.Send(opus, timestamp, marker, captureNtp, captureClockOffset, now);
        }
    }

    /// <summary>Sends again the packets of <paramref name="ssrc"/> that a NACK lists.</summary>
    /// <returns>False when a key frame is wanted instead.</returns>
    public bool Resend(uint ssrc, NackedSequences sequences, TimeSpan roundTrip, TimeSpan now)
    {
        bool repaired;
        lock (_sendLock)
        {
            if (_video is null || _video.Counters.Ssrc != ssrc || !_sender.IsOpen)
            {
                return true;
            }

            repaired = _video.Resend(sequences, roundTrip, now);
        }

        Pump(now);
        return repaired;
    }

    /// <summary>Takes transport-wide feedback into the bandwidth estimate.</summary>
    public void OnTransportFeedback(ReadOnlySpan<TransportFeedbackEntry> entries, TimeSpan roundTrip, TimeSpan now)
    {
        lock (_sendLock)
        {
            _bandwidth.OnFeedback(entries, roundTrip, now);
            Volatile.Write(ref _targetBitrate, _bandwidth.Target);
        }
    }

    /// <summary>Takes the share of video packets, 0 to 1, that the peer last reported as lost.</summary>
    public void OnReportedLoss(double loss)
    {
        lock (_sendLock)
        {
            _video?.OnReportedLoss(loss);
        }
    }

    /// <summary>Takes the peer's own estimate, bits per second.</summary>
    public void OnReceiverLimit(long bitsPerSecond)
    {
        lock (_sendLock)
        {
            _bandwidth.OnReceiverLimit(bitsPerSecond);
            Volatile.Write(ref _targetBitrate, _bandwidth.Target);
        }
    }

    /// <summary>Lets paced packets leave whose time has come, and moves <see cref="PumpDue"/>.</summary>
    public void Pump(TimeSpan now)
    {
        bool sooner;
        lock (_sendLock)
        {
            var due = _sender.IsOpen ? (_video?.Pump(now) ?? TimeSpan.MaxValue).Ticks : long.MaxValue;
            sooner = due < _pumpDueTicks;
            Volatile.Write(ref _pumpDueTicks, due);
        }

        if (sooner)
        {
            _wakeTimer();
        }
    }

    public void SetPlayoutDelay(in PlayoutDelay delay)
    {
        lock (_sendLock)
        {
            if (_video is not null)
            {
                _video.PlayoutDelay = delay;
            }
        }
    }

    public void SetVideoBitrate(int bitsPerSecond)
    {
        lock (_sendLock)
        {
            _video?.SetBitrate(bitsPerSecond);
        }
    }

    /// <summary>Sends a sender report per stream that has sent, and what is known of the peer's stream.</summary>
    public void SendReports(ReadOnlySpan<ReportBlock> received, TimeSpan now)
    {
        Span<byte> buffer = stackalloc byte[MaxRtcp];
        lock (_sendLock)
        {
            if (!_sender.IsOpen)
            {
                return;
            }

            if (_video is { Counters: { HasSent: true } video })
            {
                _sender.SendRtcp(buffer, RtcpWriter.WriteSenderReport(buffer, video.Report(_timeline, now), default, _cname));
            }

            if (_audio is { Counters: { HasSent: true } audio })
            {
                _sender.SendRtcp(buffer, RtcpWriter.WriteSenderReport(buffer, audio.Report(_timeline, now, SoundAfterPicture), received, _cname));
            }
            else if (!received.IsEmpty)
            {
                _sender.SendRtcp(buffer, RtcpWriter.WriteReceiverReport(buffer, _reporterSsrc, received, _cname));
            }
        }
    }

    /// <summary>Says goodbye for every stream (RFC 3550 section 6.6).</summary>
    public void SendBye()
    {
        Span<byte> buffer = stackalloc byte[MaxRtcp];
        lock (_sendLock)
        {
            foreach (var ssrc in (ReadOnlySpan<uint>)[_video?.Counters.Ssrc ?? _reporterSsrc, _reporterSsrc])
            {
                var length = RtcpWriter.WriteReceiverReport(buffer, ssrc, default, _cname);
                length += RtcpWriter.WriteBye(buffer[length..], ssrc);
                _sender.SendRtcp(buffer, length);
            }
        }
    }

    /// <summary>Adds this side's counters to <paramref name="stats"/>.</summary>
    public PeerStats AddTo(in PeerStats stats)
    {
        lock (_sendLock)
        {
            return stats with
            {
                PacketsSent = _sender.PacketsSent,
                BytesSent = _sender.BytesSent,
                NackedPackets = _video?.NackedPackets ?? 0,
                Retransmissions = _video?.Retransmissions ?? 0,
                PacerDrops = _video?.PacerDrops ?? 0,
                LayerDrops = _video?.LayerDrops ?? 0,
                TargetBitrate = TargetBitrate,
            };
        }
    }

    public void Dispose()
    {
        lock (_sendLock)
        {
            _sender.Dispose();
            _video?.Dispose();
            Volatile.Write(ref _pumpDueTicks, long.MaxValue);
        }
    }
}
