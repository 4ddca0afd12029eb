using LiveAvatar.Media.Video;

namespace LiveAvatar.Codecs;

/// <summary>Decodes one stream's frames in order, for measuring what an encoder's receiver sees.</summary>
/// <remarks>One owner, not thread-safe. Allocates nothing per frame.</remarks>
public interface IVideoDecoder : IDisposable
{
    /// <summary>What the frames are.</summary>
    public VideoCodec Codec { get; }

    /// <summary>Pixels of the latest picture; 0 before the first.</summary>
    public int Width { get; }

    /// <summary>Pixels of the latest picture; 0 before the first.</summary>
    public int Height { get; }

    /// <summary>Decodes one frame.</summary>
    /// <param name="frame">Bytes from anyone; a frame that is not valid changes nothing that <see cref="CopyTo"/> gives.</param>
    /// <returns>True when there is a new picture.</returns>
    public bool TryDecode(ReadOnlySpan<byte> frame);

    /// <summary>Copies the latest picture.</summary>
    /// <param name="i420">At least the size of an unpadded <see cref="Width"/> × <see cref="Height"/> I420 picture.</param>
    /// <exception cref="InvalidOperationException">No picture was decoded yet.</exception>
    public void CopyTo(Span<byte> i420);
}
