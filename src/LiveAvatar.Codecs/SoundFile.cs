using LiveAvatar.Codecs.Native;

namespace LiveAvatar.Codecs;

/// <summary>Reads audio files with libsndfile: WAV, FLAC, Ogg Vorbis, Opus, MP3, AIFF and more.</summary>
public static unsafe class SoundFile
{
    private const int BlockFrames = 16 * 1024;
    private const int MaxChannels = 64;
    private const int MinSampleRate = 4_000;
    private const int MaxSampleRate = 384_000;

    /// <summary>Reads a whole file as one channel.</summary>
    /// <param name="path">A regular file.</param>
    /// <param name="limits">What is too much; null for the defaults.</param>
    /// <exception cref="SoundFileException">The file is missing, unreadable, not audio, empty, damaged or over the limits.</exception>
    /// <exception cref="NativeCodecException">libsndfile is not installed.</exception>
    public static SoundData Read(string path, SoundFileLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        limits ??= new SoundFileLimits();
        var length = GetLength(path);
        if (length == 0)
        {
            throw new SoundFileException($"{path} is empty.");
        }

        if (length > limits.MaxLength)
        {
            throw new SoundFileException(
                $"{path} has {length >> 20} MiB; the limit is {limits.MaxLength >> 20} MiB. Split it, or convert it to FLAC or Opus.");
        }

        using var sound = SndFileHandle.TryOpen(path, out var info, out var reason)
            ?? throw new SoundFileException($"{path} is not audio that can be read ({Reason(reason)}). Convert it to WAV, FLAC, Ogg, Opus or MP3.");
        if (info.Channels is < 1 or > MaxChannels || info.SampleRate is < MinSampleRate or > MaxSampleRate)
        {
            throw new SoundFileException(
                $"{path} has {info.Channels} channels at {info.SampleRate} Hz; 1 to {MaxChannels} at {MinSampleRate} to {MaxSampleRate} Hz can be read.");
        }

        var samples = ReadAll(path, sound, info, (long)(limits.MaxDuration.TotalSeconds * info.SampleRate), limits.MaxDuration);
        return samples.Length > 0
            ? new SoundData(samples, info.SampleRate)
            : throw new SoundFileException($"{path} contains no audio.");
    }

    private static long GetLength(string path)
    {
        if (Directory.Exists(path))
        {
            throw new SoundFileException($"{path} is a folder, not an audio file.");
        }

        try
        {
            using var file = File.OpenHandle(path);
            return RandomAccess.GetLength(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SoundFileException($"{path} does not exist.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SoundFileException($"{path} cannot be opened: {exception.Message}", exception);
        }
    }

    // The header's length is a claim (and unknown for some streams), so memory grows with what is really read.
    private static float[] ReadAll(string path, SndFileHandle sound, in SndFileInfo info, long maxSamples, TimeSpan maxDuration)
    {
        var block = new float[BlockFrames * info.Channels];
        var samples = new float[Math.Clamp(info.Frames, BlockFrames, 64 * BlockFrames)];
        var count = 0;
        while (true)
        {
            int frames;
            fixed (float* pointer = block)
            {
                frames = (int)LibSndFile.ReadFrames(sound, pointer, BlockFrames);
            }

            // Each read forgets the error of the one before.
            if (LibSndFile.GetErrorCode(sound) != 0)
            {
                var seconds = (count + frames) / (double)info.SampleRate;
                throw new SoundFileException($"{path} is damaged after {seconds:F1} s. Repair it, or cut it there.");
            }

            if (frames <= 0)
            {
                break;
            }

            if (count + frames > maxSamples)
            {
                throw new SoundFileException($"{path} is longer than the limit of {maxDuration}. Split it.");
            }

            if (count + frames > samples.Length)
            {
                Array.Resize(ref samples, (int)Math.Min(Array.MaxLength, Math.Max(count + frames, samples.Length * 2L)));
            }

            MixDown(block.AsSpan(0, frames * info.Channels), info.Channels, samples.AsSpan(count, frames));
            count += frames;
        }

        Array.Resize(ref samples, count);
        return samples;
    }

    // A float file can hold anything; one NaN would poison every filter after it.
    private static void MixDown(ReadOnlySpan<float> interleaved, int channels, Span<float> mono)
    {
        for (var frame = 0; frame < mono.Length; frame++)
        {
            var sum = 0f;
            for (var channel = 0; channel < channels; channel++)
            {
                sum += interleaved[(frame * channels) + channel];
            }

            mono[frame] = float.IsFinite(sum) ? sum / channels : 0;
        }
    }

    private static string Reason(string? text) => (text ?? "unknown format").TrimEnd('.', '\n');
}
