namespace LiveAvatar.Pipeline.Control;

/// <summary>The session ended before what was asked of it could happen.</summary>
public sealed class SessionEndedException() : Exception("The session has ended.");
