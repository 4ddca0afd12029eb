namespace LiveAvatar.Pipeline;

/// <summary>Where a session's voice comes from and what is made of it.</summary>
public enum SessionKind
{
    /// <summary>The voice is a driver's microphone; pictures go to the driver and to viewers.</summary>
    Call,

    /// <summary>The voice is pushed by a program; pictures go to viewers.</summary>
    Pushed,

    /// <summary>The voice is pushed by a program; only motion is made, which costs no decoder and no encoder.</summary>
    Motion,
}
