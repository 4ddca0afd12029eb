using LiveAvatar.Media.Timing;

namespace LiveAvatar.Media.Rtcp;

/// <summary>Measures the round-trip time from the report blocks a peer sends about our streams (RFC 3550 section 6.4.1).</summary>
public sealed class RttEstimator
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30); // above, the peer's numbers are wrong, not the path slow

    /// <summary>The last measurement; null before the first.</summary>
    public TimeSpan? Latest { get; private set; }

    /// <summary>Moving mean with weight 1/8 (as RFC 6298 section 2); null before the first measurement.</summary>
    public TimeSpan? Smoothed { get; private set; }

    /// <summary>The least measurement so far: the path without queues; null before the first.</summary>
    public TimeSpan? Minimum { get; private set; }

    /// <summary>Takes a block about one of our streams that arrived when our clock said <paramref name="nowNtp"/>; false if it tells nothing.</summary>
    public bool OnReport(in ReportBlock report, ulong nowNtp)
    {
        if (report.LastSenderReport == 0)
        {
            return false;
        }

        // Rounding of the two 1/65536 s fields can make a loopback trip come out just below zero.
        var units = unchecked((int)(NtpTime.ToCompact(nowNtp) - report.LastSenderReport - report.DelaySinceLastSenderReport));
        var trip = units < 0 ? TimeSpan.Zero : NtpTime.FromCompact((uint)units);
        if (units < -2 || trip > Longest)
        {
            return false;
        }

        Latest = trip;
        Smoothed = Smoothed is { } smoothed ? smoothed + ((trip - smoothed) / 8) : trip;
        Minimum = Minimum is { } minimum && minimum < trip ? minimum : trip;
        return true;
    }
}
