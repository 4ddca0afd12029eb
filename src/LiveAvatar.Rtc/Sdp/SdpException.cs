namespace LiveAvatar.Rtc.Sdp;

/// <summary>Carries an <see cref="SdpError"/> out of a call that makes a peer connection.</summary>
public sealed class SdpException(SdpError error) : Exception(error.Message)
{
    /// <summary>Why the offer was refused.</summary>
    public SdpError Error { get; } = error;
}
