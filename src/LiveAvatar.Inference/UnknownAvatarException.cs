namespace LiveAvatar.Inference;

/// <summary>An avatar was asked for that the pack does not have.</summary>
public sealed class UnknownAvatarException(string name) : Exception($"There is no avatar '{name}'.")
{
    /// <summary>The name asked for.</summary>
    public string Name { get; } = name;
}
