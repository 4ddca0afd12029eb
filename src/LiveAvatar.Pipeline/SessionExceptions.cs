namespace LiveAvatar.Pipeline;

/// <summary>The pack has no avatar of the requested name.</summary>
public sealed class UnknownAvatarException(string name, IEnumerable<string> known)
    : Exception($"There is no avatar '{name}'. This server has: {string.Join(", ", known)}.");

/// <summary>The server carries as many sessions as it can without stuttering.</summary>
public sealed class CapacityException(string message, TimeSpan retryAfter) : Exception(message)
{
    /// <summary>When it makes sense to ask again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
