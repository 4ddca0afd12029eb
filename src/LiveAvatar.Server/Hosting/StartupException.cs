namespace LiveAvatar.Server.Hosting;

/// <summary>The server cannot start; the message is one or two sentences for the operator.</summary>
internal sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
