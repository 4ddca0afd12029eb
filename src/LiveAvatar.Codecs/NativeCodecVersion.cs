namespace LiveAvatar.Codecs;

/// <summary>A native library that was found and whose layouts are known.</summary>
/// <param name="Name">Such as <c>libvpx.so.7</c>.</param>
/// <param name="Version">What the library says it is; empty when it says nothing.</param>
public sealed record NativeCodecVersion(string Name, string Version);
