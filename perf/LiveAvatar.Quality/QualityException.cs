namespace LiveAvatar.Quality;

/// <summary>Nothing can be measured; the message says why and what to do.</summary>
public sealed class QualityException(string message, Exception? inner = null) : Exception(message, inner);
