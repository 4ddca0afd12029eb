namespace LiveAvatar.Pipeline.Voice;

/// <summary>Pushed sound is not what it must be.</summary>
/// <param name="field">Which part: "audio" or "utterance".</param>
/// <param name="message">What it must be.</param>
public sealed class PushException(string field, string message) : Exception(message)
{
    /// <summary>The part that is wrong.</summary>
    public string Field { get; } = field;
}

/// <summary>Sound cannot be pushed to this session now.</summary>
public sealed class VoiceTakenException(string message) : Exception(message);
