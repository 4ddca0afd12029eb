namespace LiveAvatar.Media.Audio;

/// <summary>What came out of the jitter buffer.</summary>
public enum AudioUnitKind
{
    /// <summary>A packet in sequence: decode it.</summary>
    Packet,

    /// <summary>A lost packet whose successor is here: decode the successor's in-band FEC. The successor follows as <see cref="Packet"/>.</summary>
    LostButNextHere,

    /// <summary>A lost packet: conceal it.</summary>
    Lost,
}
