using System.Runtime.InteropServices;

namespace LiveAvatar.Codecs.Native;

/// <summary>libopus 1.x (opus.h, opus_defines.h).</summary>
/// <remarks>
/// <c>opus_encoder_ctl</c> is variadic in C. Called here with one integer or one pointer, which the System V x64 and
/// AArch64 Linux conventions pass exactly as a declared argument.
/// </remarks>
internal static unsafe partial class LibOpus
{
    internal const int Ok = 0;
    internal const int InvalidPacket = -4;
    internal const int SetBitrate = 4002;
    internal const int SetComplexity = 4010;
    internal const int SetInbandFec = 4012;
    internal const int SetPacketLossPercent = 4014;
    internal const int SetSignal = 4024;
    internal const int GetLookahead = 4027;
    internal const int ResetState = 4028;
    internal const int SignalVoice = 3001;

    private const string Library = NativeLibraries.OpusName;

    static LibOpus() => NativeLibraries.Install();

    [LibraryImport(Library, EntryPoint = "opus_get_version_string")]
    internal static partial byte* GetVersion();

    [LibraryImport(Library, EntryPoint = "opus_strerror")]
    internal static partial byte* GetError(int code);

    [LibraryImport(Library, EntryPoint = "opus_packet_get_nb_samples")]
    internal static partial int PacketSamples(byte* packet, int length, int sampleRate);

    [LibraryImport(Library, EntryPoint = "opus_decoder_create")]
    internal static partial nint CreateDecoder(int sampleRate, int channels, out int error);

    [LibraryImport(Library, EntryPoint = "opus_decoder_destroy")]
    internal static partial void DestroyDecoder(nint decoder);

    [LibraryImport(Library, EntryPoint = "opus_decode_float")]
    internal static partial int Decode(OpusDecoderHandle decoder, byte* packet, int length, float* pcm, int frameSize, int fec);

    [LibraryImport(Library, EntryPoint = "opus_decoder_ctl")]
    internal static partial int ControlDecoder(OpusDecoderHandle decoder, int request);

    [LibraryImport(Library, EntryPoint = "opus_encoder_create")]
    internal static partial nint CreateEncoder(int sampleRate, int channels, int application, out int error);

    [LibraryImport(Library, EntryPoint = "opus_encoder_destroy")]
    internal static partial void DestroyEncoder(nint encoder);

    [LibraryImport(Library, EntryPoint = "opus_encode_float")]
    internal static partial int Encode(OpusEncoderHandle encoder, float* pcm, int frameSize, byte* packet, int maxLength);

    [LibraryImport(Library, EntryPoint = "opus_encoder_ctl")]
    internal static partial int Set(OpusEncoderHandle encoder, int request, int value);

    [LibraryImport(Library, EntryPoint = "opus_encoder_ctl")]
    internal static partial int Get(OpusEncoderHandle encoder, int request, int* value);

    /// <summary>Throws when libopus refused a call of ours.</summary>
    internal static int Check(int code, string what) => code >= 0
        ? code
        : throw new CodecException($"libopus could not {what}: {Marshal.PtrToStringUTF8((nint)GetError(code))} ({code})");
}
