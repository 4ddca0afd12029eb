namespace LiveAvatar.Results;

/// <summary>A result file cannot be used; the message names it and says why.</summary>
public sealed class ResultFileException(string message, Exception? inner = null) : Exception(message, inner);
