using LiveAvatar.Codecs.Native;
using LiveAvatar.Media.Video;

namespace LiveAvatar.Codecs;

/// <summary>Decodes VP8 with libvpx on the calling thread.</summary>
public sealed unsafe class Vp8Decoder : IVideoDecoder
{
    // A key frame header may claim 16383 × 16383 (RFC 6386 section 9.1), about 400 MB per reference frame.
    private const int MaxDimension = 4096;
    private const int KeyFrameHeaderLength = 10;

    private readonly VpxContextHandle _decoder = VpxContextHandle.CreateDecoder();
    private byte[] _picture = [];

    /// <inheritdoc/>
    public VideoCodec Codec => VideoCodec.Vp8;

    /// <inheritdoc/>
    public int Width { get; private set; }

    /// <inheritdoc/>
    public int Height { get; private set; }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> frame)
    {
        ObjectDisposedException.ThrowIf(_decoder.IsClosed, this);
        if (frame.IsEmpty || IsTooLarge(frame))
        {
            return false;
        }

        fixed (byte* data = frame)
        {
            if (LibVpx.Decode(_decoder, data, (uint)frame.Length, null, 0) != LibVpx.Ok)
            {
                return false;
            }
        }

        nint iterator = 0;
        var image = LibVpx.GetFrame(_decoder, &iterator);
        if (image == null || image->Format != LibVpx.FormatI420)
        {
            return false;
        }

        Keep(image);
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

    // RFC 6386 section 9.1: bit 0 clear = key frame; then a start code, and 14-bit width and height, little-endian.
    private static bool IsTooLarge(ReadOnlySpan<byte> frame) =>
        (frame[0] & 1) == 0
        && frame.Length >= KeyFrameHeaderLength
        && (((frame[6] | (frame[7] << 8)) & 0x3FFF) > MaxDimension || ((frame[8] | (frame[9] << 8)) & 0x3FFF) > MaxDimension);

    private void Keep(VpxImage* image)
    {
        Width = (int)image->Width;
        Height = (int)image->Height;
        var layout = new I420Layout(Width, Height);
        if (_picture.Length < layout.Length)
        {
            _picture = new byte[layout.Length];
        }

        PlaneCopy.Copy(image->Y, image->StrideY, _picture, Width, Height);
        PlaneCopy.Copy(image->U, image->StrideU, _picture.AsSpan(layout.UOffset), layout.ChromaWidth, layout.ChromaHeight);
        PlaneCopy.Copy(image->V, image->StrideV, _picture.AsSpan(layout.VOffset), layout.ChromaWidth, layout.ChromaHeight);
    }
}
