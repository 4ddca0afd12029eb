using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LiveAvatar.Codecs.Native;

/// <summary>Owns one initialised <c>vpx_codec_ctx_t</c> and its memory.</summary>
internal sealed unsafe class VpxContextHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private VpxContextHandle(VpxContext* context) : base(ownsHandle: true) => SetHandle((nint)context);

    /// <summary>Starts a VP8 encoder with the first encoder ABI number that the library accepts.</summary>
    internal static VpxContextHandle CreateEncoder(VpxEncoderConfig* config)
    {
        foreach (var abi in LibVpx.EncoderAbis)
        {
            var context = (VpxContext*)NativeMemory.AllocZeroed((nuint)sizeof(VpxContext));
            var code = LibVpx.InitEncoder(context, LibVpx.Vp8Encoder(), config, 0, abi);
            if (code == LibVpx.Ok)
            {
                return new VpxContextHandle(context);
            }

            var message = Describe(code, context);
            NativeMemory.Free(context);
            if (code != LibVpx.AbiMismatch)
            {
                throw new CodecException($"libvpx could not start a VP8 encoder: {message}");
            }
        }

        throw UnknownAbi();
    }

    /// <summary>Starts a VP8 decoder.</summary>
    internal static VpxContextHandle CreateDecoder()
    {
        var context = (VpxContext*)NativeMemory.AllocZeroed((nuint)sizeof(VpxContext));
        var code = LibVpx.InitDecoder(context, LibVpx.Vp8Decoder(), null, 0, LibVpx.DecoderAbi);
        if (code == LibVpx.Ok)
        {
            return new VpxContextHandle(context);
        }

        var message = Describe(code, context);
        NativeMemory.Free(context);
        throw code == LibVpx.AbiMismatch ? UnknownAbi() : new CodecException($"libvpx could not start a VP8 decoder: {message}");
    }

    /// <summary>Throws when libvpx refused a call of ours.</summary>
    internal void Check(int code, string what)
    {
        if (code != LibVpx.Ok)
        {
            throw new CodecException($"libvpx could not {what}: {Describe(code, (VpxContext*)handle)}");
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var code = LibVpx.Destroy((VpxContext*)handle);
        NativeMemory.Free((void*)handle);
        return code == LibVpx.Ok;
    }

    private static string Describe(int code, VpxContext* context)
    {
        var text = Marshal.PtrToStringUTF8((nint)LibVpx.GetError(code));
        var detail = Marshal.PtrToStringUTF8((nint)context->ErrorDetail);
        return detail is null ? $"{text} ({code})" : $"{text} ({code}): {detail}";
    }

    private static NativeCodecException UnknownAbi() => new(
        $"libvpx {Marshal.PtrToStringUTF8((nint)LibVpx.GetVersion())} ({NativeLibraries.Load(NativeLibraries.Vpx).Soname}) has an ABI " +
        $"this build does not know. Install a known one, on Debian 12: apt-get install {NativeLibraries.Vpx.Package}");
}
