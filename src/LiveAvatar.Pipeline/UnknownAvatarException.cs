namespace LiveAvatar.Pipeline;

/// <summary>The pack has no avatar of the requested name.</summary>
public sealed class UnknownAvatarException(string name, IEnumerable<string> known)
    : Exception($"There is no avatar '{name}'. This server has: {string.Join(", ", known)}.");
