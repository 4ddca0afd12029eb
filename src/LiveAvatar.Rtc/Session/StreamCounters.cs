using System.Security.Cryptography;
using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Timing;

namespace LiveAvatar.Rtc.Session;

/// <summary>Numbers and counts of one stream that we send.</summary>
internal sealed class StreamCounters(uint ssrc, RtpClock clock)
{
    private uint _packets;
    private uint _octets;
    private bool _reported;

    // Below 2^15, so that a lost first packet cannot leave the receiver's rollover counter in doubt (RFC 3711 section 3.3.1).
    private ushort _nextSequence = (ushort)RandomNumberGenerator.GetInt32(1 << 15);

    public uint Ssrc => ssrc;

    public RtpClock Clock => clock;

    /// <summary>Random start of the timestamps on the wire (RFC 3550 section 5.1).</summary>
    public uint TimestampOffset { get; } = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);

    public bool HasSent => _packets > 0;

    /// <summary>The peer cannot align the stream yet: it has packets, but no report on them.</summary>
    public bool AwaitsFirstReport => HasSent && !_reported;

    public ushort TakeSequence() => _nextSequence++;

    public uint ToWire(long timestamp) => unchecked((uint)timestamp + TimestampOffset);

    public void OnSent(int payloadLength)
    {
        unchecked
        {
            _packets++;
            _octets += (uint)payloadLength;
        }
    }

    /// <param name="timeline">The media time of both streams.</param>
    /// <param name="now">When the report leaves.</param>
    /// <param name="late">By how much the receiver shall take this stream to have been captured later than it was.</param>
    public SenderReport Report(MediaTimeline timeline, TimeSpan now, TimeSpan late = default)
    {
        _reported = true;
        // The wall clock stays true: round trips are measured by it.
        return new SenderReport(ssrc, timeline.ToNtp(now), ToWire(timeline.TimestampAt(now - late, clock)), _packets, _octets);
    }
}
