using LiveAvatar.Media.Video;

namespace LiveAvatar.Codecs;

/// <summary>Turns the pictures of one stream into frames, each at once, without looking ahead.</summary>
/// <remarks>One owner, not thread-safe; runs on the calling thread only. Allocates nothing per frame once the largest frame was seen.</remarks>
public interface IVideoEncoder : IDisposable
{
    /// <summary>What the frames are.</summary>
    public VideoCodec Codec { get; }

    /// <summary>Encodes one picture.</summary>
    /// <param name="i420">The Y, U and V planes without padding, width × height × 3/2 bytes, BT.601 limited range.</param>
    /// <param name="timestamp">When the picture is shown on the stream's timeline; later than the one before.</param>
    /// <param name="forceKeyFrame">Make a frame that depends on no other. The first frame always is one; no others are.</param>
    /// <exception cref="CodecException">The native encoder failed.</exception>
    public EncodedFrame Encode(ReadOnlySpan<byte> i420, TimeSpan timestamp, bool forceKeyFrame);

    /// <summary>Changes the target from the next frame on; costs no key frame.</summary>
    /// <param name="bitsPerSecond">At least 10,000.</param>
    public void SetBitrate(int bitsPerSecond);
}
