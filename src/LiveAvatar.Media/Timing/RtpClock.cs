namespace LiveAvatar.Media.Timing;

/// <summary>Converts between media time and RTP timestamps of one clock rate.</summary>
/// <remarks>Timestamps here are unwrapped; the wire carries their low 32 bits. Exact for any call length.</remarks>
/// <param name="Rate">Timestamp units per second, e.g. 48000 for Opus (RFC 7587), 90000 for video.</param>
public readonly record struct RtpClock(int Rate)
{
    /// <summary>The clock of all video payloads.</summary>
    public static RtpClock Video => new(90_000);

    /// <summary>The clock of Opus, whatever its coded bandwidth (RFC 7587 section 4.1).</summary>
    public static RtpClock Opus => new(48_000);

    /// <summary>The timestamp of a media time, rounded to the nearest unit.</summary>
    public long ToTimestamp(TimeSpan time)
    {
        // Seconds apart from the rest: ticks times rate would overflow within a long-lived process.
        var seconds = Math.DivRem(time.Ticks, TimeSpan.TicksPerSecond, out var rest);
        var half = rest < 0 ? -TimeSpan.TicksPerSecond / 2 : TimeSpan.TicksPerSecond / 2;
        return (seconds * Rate) + (((rest * Rate) + half) / TimeSpan.TicksPerSecond);
    }

    /// <summary>The media time of a timestamp, rounded to 100 ns.</summary>
    public TimeSpan ToTime(long timestamp)
    {
        var seconds = Math.DivRem(timestamp, Rate, out var rest);
        var half = rest < 0 ? -Rate / 2 : Rate / 2;
        return TimeSpan.FromTicks((seconds * TimeSpan.TicksPerSecond) + (((rest * TimeSpan.TicksPerSecond) + half) / Rate));
    }
}
