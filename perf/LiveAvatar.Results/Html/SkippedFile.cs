namespace LiveAvatar.Results.Html;

/// <summary>A file that a report could not show.</summary>
/// <param name="File">Which.</param>
/// <param name="Reason">Why.</param>
public sealed record SkippedFile(string File, string Reason);
