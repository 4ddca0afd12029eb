namespace LiveAvatar.Pipeline.Voice;

/// <summary>Opus packets of silence, so that a receiver plays silence instead of stretching the last sound it got.</summary>
/// <remarks>
/// A table of contents with a CELT full-band mono frame (RFC 6716 section 3.1), then FF FE: its silence flag is coded
/// first and ends the frame (section 4.3).
/// </remarks>
internal static class SilentOpus
{
    private const int TenMilliseconds48k = 480;

    /// <summary>A packet of 10 ms for sound no longer than that, else of 20 ms.</summary>
    public static ReadOnlySpan<byte> Packet(int samples48k) => samples48k <= TenMilliseconds48k ? [0xF0, 0xFF, 0xFE] : [0xF8, 0xFF, 0xFE];
}
