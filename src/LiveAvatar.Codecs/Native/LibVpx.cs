using System.Runtime.InteropServices;

namespace LiveAvatar.Codecs.Native;

/// <summary>libvpx 1.12 to 1.16 (vpx_encoder.h, vpx_decoder.h, vp8cx.h).</summary>
/// <remarks><c>vpx_codec_control_</c> is variadic in C; one integer argument passes like a declared one on Linux x64 and AArch64.</remarks>
internal static unsafe partial class LibVpx
{
    internal const int Ok = 0;
    internal const int AbiMismatch = 3;
    internal const int FormatI420 = 0x102;
    internal const int Cbr = 1;
    internal const int KeyFramesDisabled = 0;
    internal const int FramePacket = 0;
    internal const uint PacketIsKey = 1;
    internal const ulong DeadlineRealtime = 1;

    // vp8cx.h: enum vp8e_enc_control_id
    internal const int SetCpuUsed = 13;
    internal const int SetNoiseSensitivity = 15;
    internal const int SetStaticThreshold = 17;
    internal const int SetMaxIntraBitratePercent = 26;
    internal const int SetTemporalLayerId = 30;

    // vpx_encoder.h and vp8cx.h: frame flags
    internal const nint ForceKeyFrame = 1;
    internal const nint NoReferenceGolden = 1 << 17;
    internal const nint NoReferenceAlternate = 1 << 21;
    internal const nint NoUpdateLast = 1 << 18;
    internal const nint NoUpdateGolden = 1 << 22;
    internal const nint NoUpdateAlternate = 1 << 23;
    internal const nint NoUpdateEntropy = 1 << 20;

    /// <summary>3 + codec ABI 9, the same from 1.12 to 1.16.</summary>
    internal const int DecoderAbi = 12;

    /// <summary>VPX_ENCODER_ABI_VERSION of 1.12, 1.15, 1.14, 1.13, 1.15.2 and 1.16, whose layouts were compared.</summary>
    internal static readonly int[] EncoderAbis = [25, 36, 34, 30, 37, 39];

    private const string Library = NativeLibraries.VpxName;

    static LibVpx() => NativeLibraries.Install();

    [LibraryImport(Library, EntryPoint = "vpx_codec_version_str")]
    internal static partial byte* GetVersion();

    [LibraryImport(Library, EntryPoint = "vpx_codec_iface_name")]
    internal static partial byte* GetName(nint codec);

    [LibraryImport(Library, EntryPoint = "vpx_codec_err_to_string")]
    internal static partial byte* GetError(int code);

    [LibraryImport(Library, EntryPoint = "vpx_codec_vp8_cx")]
    internal static partial nint Vp8Encoder();

    [LibraryImport(Library, EntryPoint = "vpx_codec_vp8_dx")]
    internal static partial nint Vp8Decoder();

    [LibraryImport(Library, EntryPoint = "vpx_codec_enc_config_default")]
    internal static partial int GetDefaultConfig(nint codec, VpxEncoderConfig* config, uint usage);

    [LibraryImport(Library, EntryPoint = "vpx_codec_enc_init_ver")]
    internal static partial int InitEncoder(VpxContext* context, nint codec, VpxEncoderConfig* config, nint flags, int abi);

    [LibraryImport(Library, EntryPoint = "vpx_codec_enc_config_set")]
    internal static partial int SetConfig(VpxContextHandle context, VpxEncoderConfig* config);

    [LibraryImport(Library, EntryPoint = "vpx_codec_control_")]
    internal static partial int Control(VpxContextHandle context, int id, int value);

    [LibraryImport(Library, EntryPoint = "vpx_codec_encode")]
    internal static partial int Encode(VpxContextHandle context, VpxImage* image, long pts, nuint duration, nint flags, nuint deadline);

    [LibraryImport(Library, EntryPoint = "vpx_codec_get_cx_data")]
    internal static partial VpxPacket* GetPacket(VpxContextHandle context, nint* iterator);

    [LibraryImport(Library, EntryPoint = "vpx_img_wrap")]
    internal static partial VpxImage* WrapImage(VpxImage* image, int format, uint width, uint height, uint align, byte* data);

    [LibraryImport(Library, EntryPoint = "vpx_codec_dec_init_ver")]
    internal static partial int InitDecoder(VpxContext* context, nint codec, void* config, nint flags, int abi);

    [LibraryImport(Library, EntryPoint = "vpx_codec_decode")]
    internal static partial int Decode(VpxContextHandle context, byte* data, uint length, void* user, nint deadline);

    [LibraryImport(Library, EntryPoint = "vpx_codec_get_frame")]
    internal static partial VpxImage* GetFrame(VpxContextHandle context, nint* iterator);

    [LibraryImport(Library, EntryPoint = "vpx_codec_destroy")]
    internal static partial int Destroy(VpxContext* context);
}
