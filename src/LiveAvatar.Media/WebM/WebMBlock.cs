namespace LiveAvatar.Media.WebM;

/// <summary>One frame or packet on its way into a cluster.</summary>
/// <param name="Track">Which track it belongs to.</param>
/// <param name="Milliseconds">Its time in the file.</param>
/// <param name="IsKey">Decodable on its own; every Opus packet is.</param>
/// <param name="Buffer">A rented array that begins with the data.</param>
/// <param name="Length">Bytes of data.</param>
internal readonly record struct WebMBlock(int Track, long Milliseconds, bool IsKey, byte[] Buffer, int Length);
