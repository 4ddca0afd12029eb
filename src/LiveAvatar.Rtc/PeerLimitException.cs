namespace LiveAvatar.Rtc;

/// <summary>No further peer is taken: <see cref="RtcOptions.MaxSessions"/> are there, or the endpoint is closing.</summary>
public sealed class PeerLimitException(string message) : Exception(message);
