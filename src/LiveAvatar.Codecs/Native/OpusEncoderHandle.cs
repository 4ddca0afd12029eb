using Microsoft.Win32.SafeHandles;

namespace LiveAvatar.Codecs.Native;

/// <summary>Owns one <c>OpusEncoder</c>.</summary>
internal sealed class OpusEncoderHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private OpusEncoderHandle(nint encoder) : base(ownsHandle: true) => SetHandle(encoder);

    internal static OpusEncoderHandle Create(int sampleRate, int channels, int application)
    {
        var encoder = LibOpus.CreateEncoder(sampleRate, channels, application, out var error);
        LibOpus.Check(error, $"create an encoder for {sampleRate} Hz, {channels} channels");
        return new OpusEncoderHandle(encoder);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibOpus.DestroyEncoder(handle);
        return true;
    }
}
