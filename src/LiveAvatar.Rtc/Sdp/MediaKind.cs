namespace LiveAvatar.Rtc.Sdp;

/// <summary>The kind of a media section.</summary>
public enum MediaKind
{
    /// <summary>Anything the server does not carry, such as a data channel; it is answered with port 0.</summary>
    Other,

    /// <summary>m=audio over SRTP.</summary>
    Audio,

    /// <summary>m=video over SRTP.</summary>
    Video,
}
