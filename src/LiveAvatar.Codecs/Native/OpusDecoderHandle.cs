using Microsoft.Win32.SafeHandles;

namespace LiveAvatar.Codecs.Native;

/// <summary>Owns one <c>OpusDecoder</c>.</summary>
internal sealed class OpusDecoderHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private OpusDecoderHandle(nint decoder) : base(ownsHandle: true) => SetHandle(decoder);

    internal static OpusDecoderHandle Create(int sampleRate, int channels)
    {
        var decoder = LibOpus.CreateDecoder(sampleRate, channels, out var error);
        LibOpus.Check(error, $"create a decoder for {sampleRate} Hz, {channels} channels");
        return new OpusDecoderHandle(decoder);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibOpus.DestroyDecoder(handle);
        return true;
    }
}
