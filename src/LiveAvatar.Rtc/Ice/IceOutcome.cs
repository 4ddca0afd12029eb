using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Ice;

/// <summary>What one connectivity check led to.</summary>
/// <param name="AnswerLength">Bytes of the answer to send back; 0 means silence.</param>
/// <param name="IsValid">The check was authentic and in order: its path is validated and consent is fresh.</param>
/// <param name="SelectedChanged">Media must go another way from now on, or has its first way.</param>
/// <param name="Evicted">A validated path that had to make room.</param>
/// <param name="Retired">Credentials that a finished ICE restart has made void.</param>
internal readonly record struct IceOutcome(
    int AnswerLength, bool IsValid = false, bool SelectedChanged = false, NetworkPath? Evicted = null, IceCredentials? Retired = null)
{
    /// <summary>Not for us, or not proven to come from the peer: no answer, so that nobody can use the port as a reflector.</summary>
    public static IceOutcome Silence => default;
}
