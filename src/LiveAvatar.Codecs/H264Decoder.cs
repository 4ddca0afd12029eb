using LiveAvatar.Codecs.Native;
using LiveAvatar.Media.Video;

namespace LiveAvatar.Codecs;

/// <summary>Decodes H.264 (Annex B access units) with OpenH264 on the calling thread.</summary>
public sealed unsafe class H264Decoder : IVideoDecoder
{
    private readonly OpenH264DecoderHandle _decoder = OpenH264DecoderHandle.Create();
    private byte[] _picture = [];

    /// <inheritdoc/>
    public VideoCodec Codec => VideoCodec.H264;

    /// <inheritdoc/>
    public int Width { get; private set; }

    /// <inheritdoc/>
    public int Height { get; private set; }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> frame)
    {
        ObjectDisposedException.ThrowIf(_decoder.IsClosed, this);
        if (frame.IsEmpty)
        {
            return false;
        }

        OpenH264DecodedPicture picture = default;
        var planes = stackalloc byte*[3];
        fixed (byte* data = frame)
        {
            if (_decoder.Decode(data, frame.Length, planes, &picture) != 0 || picture.Ready != 1)
            {
                return false;
            }
        }

        Keep(planes, &picture);
        return true;
    }

    /// <inheritdoc/>
    public void CopyTo(Span<byte> i420)
    {
        if (Width == 0)
        {
            throw new InvalidOperationException("No picture was decoded yet.");
        }

        var layout = new I420Layout(Width, Height);
        layout.Require(i420, nameof(i420));
        _picture.AsSpan(0, layout.Length).CopyTo(i420);
    }

    /// <summary>Frees the native decoder.</summary>
    public void Dispose() => _decoder.Dispose();

    private void Keep(byte** planes, OpenH264DecodedPicture* picture)
    {
        Width = picture->Width;
        Height = picture->Height;
        var layout = new I420Layout(Width, Height);
        if (_picture.Length < layout.Length)
        {
            _picture = new byte[layout.Length];
        }

        PlaneCopy.Copy(planes[0], picture->StrideY, _picture, Width, Height);
        PlaneCopy.Copy(planes[1], picture->StrideChroma, _picture.AsSpan(layout.UOffset), layout.ChromaWidth, layout.ChromaHeight);
        PlaneCopy.Copy(planes[2], picture->StrideChroma, _picture.AsSpan(layout.VOffset), layout.ChromaWidth, layout.ChromaHeight);
    }
}
