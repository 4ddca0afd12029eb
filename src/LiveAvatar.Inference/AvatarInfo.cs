namespace LiveAvatar.Inference;

/// <summary>An avatar an engine can draw.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="Description">How it looks, for people who do not see the portrait; may be empty.</param>
/// <param name="PortraitPath">Full path of its portrait.</param>
public sealed record AvatarInfo(string Name, string DisplayName, string Description, string PortraitPath);
