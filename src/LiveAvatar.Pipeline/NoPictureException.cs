namespace LiveAvatar.Pipeline;

/// <summary>Somebody wants to watch or record a session that makes motion alone.</summary>
public sealed class NoPictureException() : Exception("This session makes motion alone and has no picture. Make one without motion_only to watch it.");
