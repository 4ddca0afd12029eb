namespace LiveAvatar.Codecs;

/// <summary>A picture cannot be used; the message says what is wrong with it and what to do.</summary>
public sealed class ImageFileException(string message, Exception? inner = null) : Exception(message, inner);
