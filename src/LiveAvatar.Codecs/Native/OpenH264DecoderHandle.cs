using Microsoft.Win32.SafeHandles;

namespace LiveAvatar.Codecs.Native;

/// <summary>Owns one <c>ISVCDecoder</c> and calls it.</summary>
internal sealed unsafe class OpenH264DecoderHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    // codec_api.h, ISVCDecoderVtbl: the order of the functions. Results declared long are 64 bits wide.
    private const int InitializeSlot = 0;
    private const int Uninitialize = 1;
    private const int DecodeFrameNoDelay = 3;
    private const int SetOption = 8;
    private const int QuietTrace = 0;
    private const int BitstreamAvc = 0;

    private OpenH264DecoderHandle(nint* decoder) : base(ownsHandle: true) => SetHandle((nint)decoder);

    private nint* Object => (nint*)handle;

    internal static OpenH264DecoderHandle Create()
    {
        _ = LibOpenH264.LayerStride;
        nint* decoder;
        if (LibOpenH264.CreateDecoder(&decoder) != 0 || decoder == null)
        {
            throw new CodecException("libopenh264 could not create a decoder");
        }

        var created = new OpenH264DecoderHandle(decoder);
        var level = QuietTrace;
        created.Set(LibOpenH264.DecoderOptionTraceLevel, &level);
        var parameters = new OpenH264DecoderParameters { PropertySize = 8, BitstreamType = BitstreamAvc };
        var code = ((delegate* unmanaged<nint*, void*, nint>)created.Slot(InitializeSlot))(created.Object, &parameters);
        if (code != 0)
        {
            created.Dispose();
            throw new CodecException($"libopenh264 could not start a decoder ({code})");
        }

        return created;
    }

    /// <summary>Decodes one access unit; 0 when all of it was valid.</summary>
    internal int Decode(byte* data, int length, byte** planes, OpenH264DecodedPicture* picture)
    {
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            return ((delegate* unmanaged<nint*, byte*, int, byte**, void*, int>)Slot(DecodeFrameNoDelay))(Object, data, length, planes, picture);
        }
        finally
        {
            if (held)
            {
                DangerousRelease();
            }
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var code = ((delegate* unmanaged<nint*, nint>)Slot(Uninitialize))(Object);
        LibOpenH264.DestroyDecoder(Object);
        return code == 0;
    }

    private void Set(int option, void* value) =>
        _ = ((delegate* unmanaged<nint*, int, void*, nint>)Slot(SetOption))(Object, option, value);

    private nint Slot(int index) => ((nint*)*Object)[index];
}
