namespace LiveAvatar.CallKit.Analysis;

/// <summary>Mic-to-photon by abs-capture-time: the browser stamps its sound, the server copies the stamp to the picture that shows it.</summary>
/// <remarks>
/// Both ends are the same browser, so its clock needs no correction. The stamp that counts for a frame is the one the receiver
/// held when the frame was presented (getSynchronizationSources), translated from the NTP era (1900) to the page's clock.
/// </remarks>
public static class CaptureLatency
{
    private const double NtpToUnixMs = 2_208_988_800_000; // RFC 5905: 70 years and 17 leap days

    /// <summary>Of every frame that carried a stamp, ms; empty when none did.</summary>
    public static IReadOnlyList<double> Of(PictureRecording picture) =>
    [
        .. picture.Frames.Where(f => f.SenderCaptureNtpMs > 0).Select(f => f.Presented + picture.TimeOrigin + NtpToUnixMs - f.SenderCaptureNtpMs),
    ];
}
