using System.Runtime.InteropServices;

namespace LiveAvatar.Codecs.Tests;

/// <summary>Writes audio files with libsndfile, so that the reader meets real encoders' output.</summary>
internal static unsafe partial class SoundWriter
{
    public const int WavPcm16 = 0x010002;
    public const int WavFloat = 0x010006;
    public const int FlacPcm16 = 0x170002;
    public const int OggVorbis = 0x200060;
    public const int OggOpus = 0x200064;
    public const int Mp3 = 0x230082;

    public static void Write(string path, int format, int sampleRate, int channels, ReadOnlySpan<float> interleaved)
    {
        var info = new Info { SampleRate = sampleRate, Channels = channels, Format = format };
        var file = Open(path, 0x20, &info);
        Assert.NotEqual(0, file);
        fixed (float* samples = interleaved)
        {
            Assert.Equal(interleaved.Length / channels, WriteFrames(file, samples, interleaved.Length / channels));
        }

        Assert.Equal(0, Close(file));
    }

    [LibraryImport("libsndfile.so.1", EntryPoint = "sf_open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int mode, Info* info);

    [LibraryImport("libsndfile.so.1", EntryPoint = "sf_writef_float")]
    private static partial long WriteFrames(nint file, float* samples, long count);

    [LibraryImport("libsndfile.so.1", EntryPoint = "sf_close")]
    private static partial int Close(nint file);

    [StructLayout(LayoutKind.Sequential)]
    private struct Info
    {
        public long Frames;
        public int SampleRate;
        public int Channels;
        public int Format;
        public int Sections;
        public int Seekable;
    }
}
