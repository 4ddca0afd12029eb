namespace LiveAvatar.Media.Rtcp;

/// <summary>How well one stream was received (RFC 3550 section 6.4.1).</summary>
/// <param name="Ssrc">The stream reported on.</param>
/// <param name="FractionLost">Share lost since the previous report, in 1/256.</param>
/// <param name="CumulativeLost">Packets lost since the start, -2^23..2^23 - 1; duplicates can make it negative.</param>
/// <param name="HighestSequence">Highest sequence number received, with the count of its wraps in the upper 16 bits.</param>
/// <param name="Jitter">Mean deviation of the arrival interval, in timestamp units.</param>
/// <param name="LastSenderReport">Middle 32 bits of the NTP time in the last sender report; 0 = none received.</param>
/// <param name="DelaySinceLastSenderReport">Time between that report's arrival and this one's sending, in 1/65536 s.</param>
public readonly record struct ReportBlock(
    uint Ssrc,
    byte FractionLost,
    int CumulativeLost,
    uint HighestSequence,
    uint Jitter,
    uint LastSenderReport,
    uint DelaySinceLastSenderReport);
