using Microsoft.Win32.SafeHandles;

namespace LiveAvatar.Codecs.Native;

/// <summary>Owns one <c>ISVCEncoder</c> and calls it; every call holds the object alive against a concurrent Dispose.</summary>
internal sealed unsafe class OpenH264EncoderHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    // codec_api.h, ISVCEncoderVtbl: the order of the functions.
    private const int InitializeExt = 1;
    private const int GetDefaultParams = 2;
    private const int Uninitialize = 3;
    private const int EncodeFrame = 4;
    private const int ForceIntraFrame = 6;
    private const int SetOption = 7;

    private OpenH264EncoderHandle(nint* encoder) : base(ownsHandle: true) => SetHandle((nint)encoder);

    private nint* Object => (nint*)handle;

    internal static OpenH264EncoderHandle Create()
    {
        nint* encoder;
        if (LibOpenH264.CreateEncoder(&encoder) != 0 || encoder == null)
        {
            throw new CodecException("libopenh264 could not create an encoder");
        }

        return new OpenH264EncoderHandle(encoder);
    }

    internal int GetDefaults(OpenH264EncoderParameters* parameters) => Call(GetDefaultParams, parameters);

    internal int Initialize(OpenH264EncoderParameters* parameters) => Call(InitializeExt, parameters);

    internal int Encode(OpenH264Picture* picture, OpenH264FrameInfo* info)
    {
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            return ((delegate* unmanaged<nint*, void*, void*, int>)Slot(EncodeFrame))(Object, picture, info);
        }
        finally
        {
            Release(held);
        }
    }

    internal int ForceIdr()
    {
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            return ((delegate* unmanaged<nint*, byte, int>)Slot(ForceIntraFrame))(Object, 1);
        }
        finally
        {
            Release(held);
        }
    }

    internal int Set(int option, void* value)
    {
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            return ((delegate* unmanaged<nint*, int, void*, int>)Slot(SetOption))(Object, option, value);
        }
        finally
        {
            Release(held);
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var code = ((delegate* unmanaged<nint*, int>)Slot(Uninitialize))(Object);
        LibOpenH264.DestroyEncoder(Object);
        return code == 0;
    }

    private int Call(int slot, void* argument)
    {
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            return ((delegate* unmanaged<nint*, void*, int>)Slot(slot))(Object, argument);
        }
        finally
        {
            Release(held);
        }
    }

    private nint Slot(int index) => ((nint*)*Object)[index];

    private void Release(bool held)
    {
        if (held)
        {
            DangerousRelease();
        }
    }
}
