namespace LiveAvatar.Codecs;

/// <summary>One encoded picture, lent until the next call to its encoder.</summary>
public readonly ref struct EncodedFrame
{
    /// <summary>A VP8 frame (RFC 6386) or an H.264 access unit in Annex B form; empty when the encoder dropped the picture.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>Decodable without any earlier frame; an H.264 key frame carries its SPS and PPS.</summary>
    public bool IsKeyFrame { get; init; }

    /// <summary>
    /// 0 for the base layer, 1 for frames that no other frame depends on. Layer 1 predicts from layer 0 only, so a
    /// viewer can join it at any frame (the Y bit of RFC 7741 is 1 on every layer 1 frame).
    /// </summary>
    public int TemporalLayer { get; init; }
}
