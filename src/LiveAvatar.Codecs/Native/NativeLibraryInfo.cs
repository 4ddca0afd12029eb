namespace LiveAvatar.Codecs.Native;

/// <summary>One native library: what it is for, the sonames whose layout is known, newest Debian last, and who ships it.</summary>
/// <param name="Name">The name P/Invoke declarations use.</param>
/// <param name="Purpose">What stops working without it, for messages.</param>
/// <param name="Package">The Debian package of the first soname.</param>
/// <param name="Sonames">Tried in order.</param>
internal sealed record NativeLibraryInfo(string Name, string Purpose, string Package, params string[] Sonames);
