using LiveAvatar.Media.Timing;

namespace LiveAvatar.Pipeline;

/// <summary>When something was captured, as abs-capture-time tells it: by the capturer's clock, with what is known of that clock.</summary>
/// <param name="Ntp">64-bit NTP time by the capturer's clock; 0 when unknown.</param>
/// <param name="ClockOffset">Our clock minus the capturer's, signed 32.32 seconds; null when unknown.</param>
internal readonly record struct CaptureTime(ulong Ntp, long? ClockOffset)
{
    /// <summary>A moment later or earlier; the unknown stays unknown.</summary>
    public CaptureTime Shift(TimeSpan by) => Ntp == 0 ? this : this with { Ntp = NtpTime.Add(Ntp, by) };
}
