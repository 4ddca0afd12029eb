namespace LiveAvatar.CallKit.Analysis;

/// <summary>A/V offset by abs-capture-time: at each presented frame, the capture time of its sound less that of the sound then played.</summary>
/// <remarks>
/// Both stamps come from the driver's clock and travel beside the RTP timestamps that the browser aligns by, so this tells what it made of
/// them. What a loudspeaker and a screen add is not in it.
/// </remarks>
public static class AvOffset
{
    /// <summary>Of every frame that carried a stamp, ms; positive when the voice is later than the lips.</summary>
    public static IReadOnlyList<double> Of(PictureRecording picture) =>
    [
        .. picture.Frames.Where(frame => frame.SenderCaptureNtpMs > 0 && frame.HeardCaptureNtpMs > 0).Select(frame => frame.SenderCaptureNtpMs - frame.HeardCaptureNtpMs),
    ];
}
