namespace LiveAvatar.CallKit;

/// <summary>A call cannot be made or measured here; the message says what to do.</summary>
public sealed class CallKitException(string message, Exception? cause = null) : Exception(message, cause);
