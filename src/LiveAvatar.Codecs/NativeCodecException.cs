namespace LiveAvatar.Codecs;

/// <summary>A native codec library is missing or has a layout this build does not know; the message names the package to install.</summary>
public sealed class NativeCodecException(string message, Exception? inner = null) : Exception(message, inner);
