namespace LiveAvatar.StageBench;

/// <summary>The stages cannot be measured, or one of them gives a wrong output; the message says which and why.</summary>
public sealed class StageException(string message, Exception? inner = null) : Exception(message, inner);
