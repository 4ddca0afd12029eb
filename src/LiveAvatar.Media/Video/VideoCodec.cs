namespace LiveAvatar.Media.Video;

/// <summary>The video codecs a session can speak: what the SDP answer names, the encoder makes and the packetiser cuts.</summary>
public enum VideoCodec
{
    /// <summary>VP8 (RFC 6386), carried by RFC 7741.</summary>
    Vp8,

    /// <summary>H.264 constrained baseline, carried by RFC 6184 in packetization mode 1.</summary>
    H264,
}
