namespace LiveAvatar.Codecs;

/// <summary>Reads the table-of-contents byte of an Opus packet (RFC 6716 section 3.1).</summary>
/// <remarks>
/// <code>
///  0 1 2 3 4 5 6 7
/// +-+-+-+-+-+-+-+-+   config 0..11 SILK, 12..15 hybrid, 16..31 CELT; c = frame count code:
/// | config  |s| c |   0 one frame, 1 and 2 two frames, 3 a count in the low six bits of the next byte
/// +-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public static class OpusPacket
{
    /// <summary>The longest packet, in samples at 48 kHz: 120 ms (RFC 6716 section 3.4, R5).</summary>
    public const int MaxSamples48k = 5760;

    /// <summary>The shortest frame and the grid of every duration, in samples at 48 kHz: 2.5 ms.</summary>
    public const int GridSamples48k = 120;

    private const int FirstHybrid = 12;
    private const int FirstCelt = 16;

    /// <summary>How long a packet plays, whatever the rate it is decoded at.</summary>
    /// <param name="packet">Bytes from the peer; anything is allowed.</param>
    /// <param name="samples48k">Samples per channel at 48 kHz, 120 to 5760; 0 when the packet says nothing valid.</param>
    /// <returns>False for an empty packet, a missing or zero frame count, or more than 120 ms.</returns>
    public static bool TryGetDuration(ReadOnlySpan<byte> packet, out int samples48k)
    {
        samples48k = 0;
        if (packet.IsEmpty)
        {
            return false;
        }

        var frames = (packet[0] & 3) switch
        {
            0 => 1,
            1 or 2 => 2,
            _ => packet.Length > 1 ? packet[1] & 0x3F : 0,
        };
        var total = frames * FrameSamples(packet[0] >> 3);
        if (total is 0 or > MaxSamples48k)
        {
            return false;
        }

        samples48k = total;
        return true;
    }

    // Table 2 of RFC 6716: SILK 10, 20, 40, 60 ms; hybrid 10, 20 ms; CELT 2.5, 5, 10, 20 ms.
    private static int FrameSamples(int config) => config switch
    {
        < FirstHybrid => (config & 3) == 3 ? 2880 : 480 << (config & 3),
        < FirstCelt => 480 << (config & 1),
        _ => GridSamples48k << (config & 3),
    };
}
