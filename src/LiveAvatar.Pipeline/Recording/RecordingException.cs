namespace LiveAvatar.Pipeline.Recording;

/// <summary>A session cannot be recorded, or its recording not be stopped, as it is now.</summary>
public sealed class RecordingException(string message) : Exception(message);
