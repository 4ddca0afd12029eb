namespace LiveAvatar.Codecs.Native;

/// <summary>A library that has been opened and stays open for the life of the process.</summary>
/// <param name="Handle">What <c>dlopen</c> gave.</param>
/// <param name="Soname">Which of the known names was found.</param>
internal sealed record LoadedLibrary(nint Handle, string Soname);
