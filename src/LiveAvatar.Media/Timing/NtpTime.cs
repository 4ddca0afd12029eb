namespace LiveAvatar.Media.Timing;

/// <summary>Converts between wall-clock time and the 64-bit NTP timestamps of RTCP and abs-capture-time (RFC 3550 section 4).</summary>
/// <remarks>
/// The upper 32 bits are seconds since 1 January 1900, the lower 32 bits the fraction of a second (0.23 ns steps).
/// The seconds wrap in February 2036; differences and round trips are correct across that wrap.
/// </remarks>
public static class NtpTime
{
    private static readonly DateTimeOffset Epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The NTP timestamp of a moment; exact to 100 ns, modulo 2^32 seconds.</summary>
    public static ulong FromDateTime(DateTimeOffset moment) => FromTicks((moment - Epoch).Ticks);

    /// <summary>The moment of an NTP timestamp, rounded to 100 ns.</summary>
    /// <remarks>RFC 4330 section 3: a timestamp whose first bit is clear is taken to lie in the era that starts in 2036.</remarks>
    public static DateTimeOffset ToDateTime(ulong ntp)
    {
        var seconds = (long)(ntp >> 32);
        if ((ntp >> 63) == 0)
        {
            seconds += 1L << 32;
        }

        return Epoch.AddTicks((seconds * TimeSpan.TicksPerSecond) + FractionTicks((uint)ntp));
    }

    /// <summary>The timestamp <paramref name="offset"/> after (or, if negative, before) <paramref name="ntp"/>.</summary>
    public static ulong Add(ulong ntp, TimeSpan offset) => unchecked(ntp + FromTicks(offset.Ticks));

    /// <summary>The time from <paramref name="earlier"/> to <paramref name="later"/>, rounded to 100 ns; negative if they are the other way round.</summary>
    /// <remarks>Right for distances below 68 years, across the wrap of 2036 too.</remarks>
    public static TimeSpan Difference(ulong later, ulong earlier)
    {
        var difference = unchecked((long)(later - earlier));
        var seconds = difference >> 32;
        return TimeSpan.FromTicks((seconds * TimeSpan.TicksPerSecond) + FractionTicks((uint)difference));
    }

    /// <summary>The middle 32 bits (16.16 s), which report blocks carry as LSR (RFC 3550 section 6.4.1).</summary>
    public static uint ToCompact(ulong ntp) => (uint)(ntp >> 16);

    /// <summary>A duration in units of 1/65536 s, as DLSR carries it; clamped to 0..18 h.</summary>
    public static uint ToCompact(TimeSpan duration)
    {
        var ticks = Math.Clamp(duration.Ticks, 0, 65535 * TimeSpan.TicksPerSecond);
        return (uint)(((ticks << 16) + (TimeSpan.TicksPerSecond / 2)) / TimeSpan.TicksPerSecond);
    }

    /// <summary>The duration of a count of 1/65536 s.</summary>
    public static TimeSpan FromCompact(uint compact) =>
        TimeSpan.FromTicks((((long)compact * TimeSpan.TicksPerSecond) + (1 << 15)) >> 16);

    // Floor division keeps the fraction non-negative for moments before the epoch and for negative offsets.
    private static ulong FromTicks(long ticks)
    {
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        if (rest < 0)
        {
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }

        var fraction = (((ulong)rest << 32) + (TimeSpan.TicksPerSecond / 2)) / TimeSpan.TicksPerSecond;
        return unchecked(((ulong)seconds << 32) + fraction);
    }

    private static long FractionTicks(uint fraction) =>
        (long)((((ulong)fraction * TimeSpan.TicksPerSecond) + (1UL << 31)) >> 32);
}
