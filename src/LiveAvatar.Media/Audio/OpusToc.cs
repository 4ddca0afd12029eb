namespace LiveAvatar.Media.Audio;

/// <summary>Reads how long an Opus packet plays from its first bytes, without decoding it (RFC 6716 section 3.1).</summary>
/// <remarks>
/// <code>
///  0 1 2 3 4 5 6 7
/// +---------+-+---+
/// | config  |s| c |  config: mode, bandwidth, frame size; s: stereo; c: 0 one frame, 1 and 2 two frames, 3 a count follows
/// +---------+-+---+
/// |v|p|     M     |  if c = 3: M frames
/// +-+-+-----------+
/// </code>
/// </remarks>
public static class OpusToc
{
    /// <summary>No Opus packet plays longer: 120 ms at 48 kHz.</summary>
    public const int MaxDurationSamples48k = 5760;

    /// <summary>The packet's duration in 48 kHz samples, 120..5760; false if it is empty, cut or claims to be longer.</summary>
    public static bool TryGetDuration(ReadOnlySpan<byte> packet, out int samples48k)
    {
        samples48k = 0;
        if (packet.IsEmpty)
        {
            return false;
        }

        int frames;
        switch (packet[0] & 3)
        {
            case 0:
                frames = 1;
                break;
            case 3 when packet.Length < 2:
                return false;
            case 3:
                frames = packet[1] & 0x3F;
                break;
            default:
                frames = 2;
                break;
        }

        var samples = frames * FrameSamples(packet[0] >> 3);
        if (samples is 0 or > MaxDurationSamples48k)
        {
            return false;
        }

        samples48k = samples;
        return true;
    }

    // RFC 6716 table 2: SILK has 10, 20, 40, 60 ms, hybrid 10, 20 ms, CELT 2.5, 5, 10, 20 ms.
    private static int FrameSamples(int config) => config switch
    {
        < 12 => (config & 3) == 3 ? 2880 : 480 << (config & 3),
        < 16 => 480 << (config & 1),
        _ => 120 << (config & 3),
    };
}
