namespace LiveAvatar.Codecs;

/// <summary>An audio file cannot be used; the message says which file, what is wrong and what to do.</summary>
public sealed class SoundFileException(string message, Exception? inner = null) : Exception(message, inner);
