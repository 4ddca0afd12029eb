namespace LiveAvatar.Media.Timing;

/// <summary>Converts wall-clock time to the 64-bit NTP timestamps of RTCP and abs-capture-time (RFC 3550 section 4).</summary>
/// <remarks>The upper 32 bits are seconds since 1 January 1900, the lower 32 bits the fraction of a second.</remarks>
public static class NtpTime
{
    private static readonly DateTimeOffset Epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The NTP timestamp of a moment; exact to 100 ns.</summary>
    public static ulong FromDateTime(DateTimeOffset moment)
    {
        var ticks = (ulong)(moment - Epoch).Ticks;
        var seconds = ticks / TimeSpan.TicksPerSecond;
        var fraction = ((ticks % TimeSpan.TicksPerSecond) << 32) / TimeSpan.TicksPerSecond;
        return (seconds << 32) | fraction;
    }
}
