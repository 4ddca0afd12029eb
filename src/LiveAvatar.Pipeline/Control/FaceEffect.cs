namespace LiveAvatar.Pipeline.Control;

/// <summary>Where a command took effect.</summary>
/// <param name="Frame">Number of the first frame that it changed; the session's first is 1.</param>
/// <param name="MediaTime">That frame's media time.</param>
public readonly record struct FaceEffect(long Frame, TimeSpan MediaTime);
