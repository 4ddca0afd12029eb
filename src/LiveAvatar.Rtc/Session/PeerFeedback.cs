using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Timing;

namespace LiveAvatar.Rtc.Session;

/// <summary>What one RTCP datagram asks us to do.</summary>
/// <param name="WantsKeyFrame">A key frame is due and not throttled.</param>
/// <param name="SaysBye">The peer leaves.</param>
internal readonly record struct FeedbackOutcome(bool WantsKeyFrame, bool SaysBye);

/// <summary>Reads the peer's RTCP: reports, requests for repair, and bandwidth estimates.</summary>
/// <remarks>Called under the receive lock, with packets that are already authentic.</remarks>
internal sealed class PeerFeedback(PeerSsrcs ssrcs, WallClock wall, TimeSpan keyFrameInterval, MediaSender sender, UplinkAudio uplink)
{
    private const int MaxEntries = 512; // packets told about by one feedback: 100 ms at 60 Mbit/s

    private readonly TransportFeedbackEntry[] _entries = new TransportFeedbackEntry[MaxEntries];
    private readonly RttEstimator _roundTrip = new();
    private TimeSpan? _lastKeyFrameRequest;
    private int _lastFirNumber = -1;
    private ReportBlock _videoReport;
    private ReportBlock _audioReport;
    private long _keyFrameRequests;
    private long _receiverBandwidth;
    private long _feedbacks;
    private long _reportedReceived;
    private long _reportedLost;

    public TimeSpan? RoundTrip => _roundTrip.Smoothed;

    public FeedbackOutcome Handle(ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        var wantsKeyFrame = false;
        var saysBye = false;
        var reader = new RtcpReader(datagram);
        while (reader.TryRead(out var packet))
        {
            switch (packet.Kind)
            {
                case RtcpKind.SenderReport or RtcpKind.ReceiverReport:
                    ReadReports(packet, now);
                    break;
                case RtcpKind.Nack:
                    wantsKeyFrame |= !sender.Resend(packet.MediaSsrc, packet.NackedSequences, RoundTrip ?? TimeSpan.Zero, now) && AllowKeyFrame(now);
                    break;
                case RtcpKind.PictureLoss:
                    wantsKeyFrame |= packet.MediaSsrc == ssrcs.Video && AllowKeyFrame(now);
                    break;
                case RtcpKind.FullIntraRequest:
                    wantsKeyFrame |= packet.TryReadFullIntraRequest(ssrcs.Video, out var number) && IsNewFir(number) && AllowKeyFrame(now);
                    break;
                case RtcpKind.ReceiverBandwidth:
                    ReadReceiverBandwidth(packet);
                    break;
                case RtcpKind.TransportFeedback:
                    ReadTransportFeedback(packet, now);
                    break;
                case RtcpKind.Bye:
                    saysBye = true;
                    break;
            }
        }

        return new FeedbackOutcome(wantsKeyFrame, saysBye);
    }

    /// <summary>Adds this side's counters to <paramref name="stats"/>.</summary>
    public PeerStats AddTo(in PeerStats stats) => stats with
    {
        RoundTrip = RoundTrip,
        KeyFrameRequests = _keyFrameRequests,
        LossOutbound = _videoReport.FractionLost / 256.0,
        JitterOutbound = RtpClock.Video.ToTime(_videoReport.Jitter),
        AudioJitterOutbound = RtpClock.Opus.ToTime(_audioReport.Jitter),
        ReceiverBandwidth = _receiverBandwidth,
        TransportFeedbacks = _feedbacks,
        TransportPacketsReceived = _reportedReceived,
        TransportPacketsLost = _reportedLost,
    };

    private void ReadReports(in RtcpPacketView packet, TimeSpan now)
    {
        var nowNtp = wall.ToNtp(now);
        for (var index = 0; packet.TryReadReport(index, out var report); index++)
        {
            if (report.Ssrc == ssrcs.Video)
            {
                _videoReport = report;
                sender.OnReportedLoss(report.FractionLost / 256.0);
                _roundTrip.OnReport(report, nowNtp);
            }
            else if (report.Ssrc == ssrcs.Audio)
            {
                _audioReport = report;
                _roundTrip.OnReport(report, nowNtp);
            }
        }

        if (packet.TryReadSenderReport(out var senderReport))
        {
            uplink.OnSenderReport(senderReport, nowNtp, RoundTrip, now);
        }
    }

    /// <summary>Counts a request, and says whether its key frame is due: browsers repeat a request each 200 ms until they can decode.</summary>
    private bool AllowKeyFrame(TimeSpan now)
    {
        _keyFrameRequests++;
        if (_lastKeyFrameRequest is { } last && now - last < keyFrameInterval)
        {
            return false;
        }

        _lastKeyFrameRequest = now;
        return true;
    }

    // A repeated command number is a repeated message, not a new request (RFC 5104 section 4.3.1.1).
    private bool IsNewFir(byte number)
    {
        var isNew = number != _lastFirNumber;
        _lastFirNumber = number;
        return isNew;
    }

    private void ReadReceiverBandwidth(in RtcpPacketView packet)
    {
        if (packet.TryReadReceiverBandwidth(out var bitsPerSecond))
        {
            _receiverBandwidth = bitsPerSecond;
            sender.OnReceiverLimit(bitsPerSecond);
        }
    }

    private void ReadTransportFeedback(in RtcpPacketView packet, TimeSpan now)
    {
        if (!TransportFeedback.TryRead(packet, _entries, out var feedback))
        {
            return;
        }

        _feedbacks++;
        sender.OnTransportFeedback(_entries.AsSpan(0, feedback.Count), RoundTrip ?? TimeSpan.Zero, now);
        foreach (ref readonly var entry in _entries.AsSpan(0, feedback.Count))
        {
            if (entry.Received)
            {
                _reportedReceived++;
            }
            else
            {
                _reportedLost++;
            }
        }
    }
}
