using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Timing;
using LiveAvatar.Rtc.Sdp;

namespace LiveAvatar.Rtc.Session;

/// <summary>Reads the peer's audio packets: numbers unwrapped, capture time carried forward, reception counted.</summary>
/// <remarks>Called under the receive lock. The packets are already authentic.</remarks>
internal sealed class UplinkAudio(NegotiatedSession session)
{
    /// <summary>A capture time is carried forward at most this long; senders repeat it each second.</summary>
    private static readonly TimeSpan CaptureTimeValidity = TimeSpan.FromSeconds(5);

    private readonly int _payloadType = session.ReceivesAudio ? session.AudioPayloadType : -1;
    private readonly int _captureTimeId = session.AudioExtensions.AbsCaptureTime;
    private readonly SequenceUnwrapper _sequences = new();
    private readonly TimestampUnwrapper _timestamps = new();
    private ReceiverReportState? _reception;
    private uint _ssrc;
    private ulong _captureNtp;
    private long _captureTimestamp;
    private long? _clockOffset;

    public long PacketsReceived { get; private set; }

    public long BytesReceived { get; private set; }

    public long PacketsLost => _reception?.CumulativeLost ?? 0;

    public TimeSpan Jitter => _reception?.Jitter ?? TimeSpan.Zero;

    /// <summary>Reads one packet; false if it is not the audio that was agreed on.</summary>
    public bool TryRead(ReadOnlySpan<byte> datagram, TimeSpan now, TimeSpan waited, out ReceivedAudio audio)
    {
        audio = default;
        if (!RtpPacketView.TryParse(datagram, out var packet) || packet.PayloadType != _payloadType)
        {
            return false;
        }

        if (_reception is null || packet.Ssrc != _ssrc)
        {
            StartStream(packet.Ssrc);
        }

        var sequence = _sequences.Unwrap(packet.SequenceNumber);
        var timestamp = _timestamps.Unwrap(packet.Timestamp);
        _reception!.OnPacket(sequence, timestamp, now);
        PacketsReceived++;
        BytesReceived += datagram.Length;
        audio = new ReceivedAudio
        {
            Sequence = sequence,
            RtpTimestamp = timestamp,
            Payload = packet.Payload,
            Arrived = now,
            Received = now - waited,
            CaptureNtp = CaptureTimeOf(packet, timestamp),
            CaptureClockOffset = _clockOffset,
        };
        return true;
    }

    /// <summary>Takes note of the peer's sender report: it ties the peer's clock to ours, but for half a round trip.</summary>
    public void OnSenderReport(in SenderReport report, ulong nowNtp, TimeSpan? roundTrip, TimeSpan now)
    {
        if (_reception is null || report.Ssrc != _ssrc)
        {
            return;
        }

        _reception.OnSenderReport(report.Ntp, now);
        var sent = NtpTime.Add(nowNtp, -(roundTrip ?? TimeSpan.Zero) / 2);
        var sample = unchecked((long)(sent - report.Ntp));

        // Delay only ever adds: a smaller sample is nearer the truth, a larger one counts little.
        _clockOffset = _clockOffset is { } offset && sample > offset ? offset + ((sample - offset) / 16) : sample;
    }

    public bool TryCreateReport(TimeSpan now, out ReportBlock report)
    {
        report = default;
        return _reception is not null && _reception.TryCreateReport(now, out report);
    }

    private void StartStream(uint ssrc)
    {
        _ssrc = ssrc;
        _reception = new ReceiverReportState(ssrc, RtpClock.Opus.Rate);
        _sequences.Reset();
        _timestamps.Reset();
        _captureNtp = 0;
    }

    private ulong CaptureTimeOf(in RtpPacketView packet, long timestamp)
    {
        if (packet.TryGetExtension(_captureTimeId, out var element)
            && HeaderExtensionFormat.TryReadAbsCaptureTime(element, out var ntp, out _))
        {
            _captureNtp = ntp;
            _captureTimestamp = timestamp;
            return ntp;
        }

        var since = RtpClock.Opus.ToTime(timestamp - _captureTimestamp);
        return _captureNtp == 0 || since.Duration() > CaptureTimeValidity ? 0 : NtpTime.Add(_captureNtp, since);
    }
}
