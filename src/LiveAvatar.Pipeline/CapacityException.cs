namespace LiveAvatar.Pipeline;

/// <summary>The server carries as many sessions as it can without stuttering.</summary>
public sealed class CapacityException(string message, TimeSpan retryAfter) : Exception(message)
{
    /// <summary>When it makes sense to ask again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
