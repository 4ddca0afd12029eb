using LiveAvatar.Media.Timing;

namespace LiveAvatar.Media.Rtcp;

/// <summary>Counts what one received stream lost and how evenly it came, and puts it into report blocks (RFC 3550 appendix A).</summary>
/// <param name="ssrc">The stream.</param>
/// <param name="clockRate">Its timestamp units per second.</param>
public sealed class ReceiverReportState(uint ssrc, int clockRate)
{
    private const int MaxDropout = 3000; // appendix A.1: a larger step forward is a restart, if the next packet agrees
    private const int MaxMisorder = 100; // appendix A.1: a larger step back likewise

    private readonly RtpClock _clock = new(clockRate);
    private bool _started;
    private long _first;
    private long _highest;
    private long _suspect = long.MinValue;
    private long _received;
    private long _expectedBefore;
    private long _receivedBefore;
    private long _transit;
    private long _jitter; // in 1/16 units, as in appendix A.8
    private uint _lastSenderReport;
    private TimeSpan _lastSenderReportAt;

    /// <summary>Packets received, duplicates counted.</summary>
    public long ReceivedCount { get; private set; }

    /// <summary>Packets lost since the start or the last restart of the numbering; negative if duplicates outnumber losses.</summary>
    public long CumulativeLost => _started ? _highest - _first + 1 - _received : 0;

    /// <summary>Mean deviation of the arrival interval.</summary>
    public TimeSpan Jitter => _clock.ToTime(_jitter >> 4);

    /// <summary>Takes note of a packet of the stream; both numbers unwrapped.</summary>
    public void OnPacket(long sequence, long rtpTimestamp, TimeSpan now)
    {
        ReceivedCount++;
        if (!_started)
        {
            Restart(sequence, rtpTimestamp, now);
            return;
        }

        var step = sequence - _highest;
        if (step is >= MaxDropout or <= -MaxMisorder)
        {
            // A single wild number may be a stray packet; two in a row are a sender that started over.
            if (sequence != _suspect)
            {
                _suspect = sequence + 1;
                return;
            }

            Restart(sequence, rtpTimestamp, now);
            return;
        }

        _highest = Math.Max(_highest, sequence);
        _received++;
        UpdateJitter(rtpTimestamp, now);
    }

    /// <summary>Takes note of the sender's report, which our next one refers to.</summary>
    public void OnSenderReport(ulong ntp, TimeSpan now)
    {
        _lastSenderReport = NtpTime.ToCompact(ntp);
        _lastSenderReportAt = now;
    }

    /// <summary>The block for the interval since the previous call; false while nothing was received.</summary>
    public bool TryCreateReport(TimeSpan now, out ReportBlock report)
    {
        report = default;
        if (!_started)
        {
            return false;
        }

        var expected = _highest - _first + 1;
        var expectedNow = expected - _expectedBefore;
        var lostNow = expectedNow - (_received - _receivedBefore);
        _expectedBefore = expected;
        _receivedBefore = _received;
        var fraction = expectedNow <= 0 || lostNow <= 0 ? 0 : Math.Min(255, (lostNow << 8) / expectedNow);
        report = new ReportBlock(
            ssrc,
            (byte)fraction,
            (int)Math.Clamp(CumulativeLost, -0x80_0000, 0x7F_FFFF),
            unchecked((uint)_highest),
            unchecked((uint)(_jitter >> 4)),
            _lastSenderReport,
            _lastSenderReport == 0 ? 0 : NtpTime.ToCompact(now - _lastSenderReportAt));
        return true;
    }

    private void Restart(long sequence, long rtpTimestamp, TimeSpan now)
    {
        _started = true;
        _first = sequence;
        _highest = sequence;
        _suspect = long.MinValue;
        _received = 1;
        _expectedBefore = 0;
        _receivedBefore = 0;
        _transit = _clock.ToTimestamp(now) - rtpTimestamp;
    }

    private void UpdateJitter(long rtpTimestamp, TimeSpan now)
    {
        var transit = _clock.ToTimestamp(now) - rtpTimestamp;
        var deviation = Math.Abs(transit - _transit);
        _transit = transit;
        if (deviation < 10L * clockRate)
        {
            _jitter += deviation - ((_jitter + 8) >> 4); // a jump of the timestamps themselves is not jitter
        }
    }
}
