namespace LiveAvatar.Media.Timing;

/// <summary>Maps the process's monotonic time to NTP time and back, by one pair of readings taken together.</summary>
/// <remarks>
/// The pair is taken once per process and kept: a step of the system clock (NTP daemon, suspended VM) must not
/// move the sender reports of a running call, or receivers would re-synchronise audio against video.
/// </remarks>
/// <param name="NtpAtZero">The NTP timestamp of monotonic time zero.</param>
public readonly record struct WallClock(ulong NtpAtZero)
{
    /// <summary>The clock for which monotonic <paramref name="now"/> is the wall-clock time <paramref name="utcNow"/>.</summary>
    public static WallClock Pair(TimeSpan now, DateTimeOffset utcNow) =>
        new(NtpTime.Add(NtpTime.FromDateTime(utcNow), -now));

    /// <summary>The NTP timestamp of a monotonic time.</summary>
    public ulong ToNtp(TimeSpan time) => NtpTime.Add(NtpAtZero, time);

    /// <summary>The monotonic time of an NTP timestamp; negative if before the process started.</summary>
    public TimeSpan FromNtp(ulong ntp) => NtpTime.Difference(ntp, NtpAtZero);
}
