namespace LiveAvatar.Codecs;

/// <summary>A codec refused its settings or our own input: our fault or the machine's, never the peer's.</summary>
public sealed class CodecException(string message) : Exception(message);
