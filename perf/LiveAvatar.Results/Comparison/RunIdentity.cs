namespace LiveAvatar.Results.Comparison;

/// <summary>Which run a figure is from.</summary>
/// <param name="Commit">As in <see cref="RunResult.Commit"/>.</param>
/// <param name="Date">When it ended.</param>
public sealed record RunIdentity(string Commit, DateTimeOffset Date);
