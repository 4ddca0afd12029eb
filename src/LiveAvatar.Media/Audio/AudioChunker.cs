namespace LiveAvatar.Media.Audio;

/// <summary>Cuts a stream of samples into chunks of equal length, each with its exact place in the stream.</summary>
/// <remarks>
/// Places are sample positions of the speaker's timeline, 64 bits. Samples that arrive with a place ahead of the last ones
/// leave a gap, which becomes silence; what arrives for a place already filled is dropped, so that time never runs twice.
/// </remarks>
public sealed class AudioChunker
{
    private readonly float[] _samples;
    private readonly int _chunkSamples;
    private readonly int _maxGap;
    private int _count;
    private long _start; // place of _samples[0]
    private bool _started;

    /// <summary>Makes an empty chunker.</summary>
    /// <param name="chunkSamples">Samples per chunk; 640 is 40 ms at 16 kHz, one frame of the avatar.</param>
    /// <param name="maxChunks">Whole chunks that can wait to be taken; 32 of 640 samples are the most that stay off the large object heap.</param>
    public AudioChunker(int chunkSamples = 640, int maxChunks = 32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkSamples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxChunks, 2);
        _chunkSamples = chunkSamples;
        _samples = new float[chunkSamples * maxChunks];
        _maxGap = _samples.Length / 4 * 3;
    }

    /// <summary>Samples in a chunk.</summary>
    public int ChunkSamples => _chunkSamples;

    /// <summary>Samples that wait, whole chunks and the beginning of the next.</summary>
    public int Count => _count;

    /// <summary>Place of the sample that comes after the last one.</summary>
    public long End => _start + _count;

    /// <summary>Samples dropped because their place was filled or there was no room.</summary>
    public long DroppedSamples { get; private set; }

    /// <summary>Samples of silence put into gaps.</summary>
    public long SilenceSamples { get; private set; }

    /// <summary>Appends samples; false, with none taken, if there is no room for them.</summary>
    public bool Push(ReadOnlySpan<float> samples) => Push(samples, End);

    /// <summary>Appends samples of a given place; false, with none taken, if there is no room for them.</summary>
    /// <remarks>
    /// A place further off than three quarters of the buffer, in either direction, is no pause but another timeline: the chunk
    /// begun is dropped and the next one starts there.
    /// </remarks>
    public bool Push(ReadOnlySpan<float> samples, long position)
    {
        var gap = position - End;
        if (!_started || Math.Abs(gap) > _maxGap)
        {
            _started = true;
            DroppedSamples += _count;
            _count = 0;
            _start = position;
            gap = 0;
        }

        if (gap < 0)
        {
            // Filled already: the same voice twice would push every later frame back.
            var repeated = (int)Math.Min(-gap, samples.Length);
            DroppedSamples += repeated;
            samples = samples[repeated..];
            gap = 0;
        }

        if (gap + samples.Length > _samples.Length - _count)
        {
            DroppedSamples += samples.Length;
            return false;
        }

        _samples.AsSpan(_count, (int)gap).Clear();
        samples.CopyTo(_samples.AsSpan(_count + (int)gap));
        _count += (int)gap + samples.Length;
        SilenceSamples += gap;
        return true;
    }

    /// <summary>Takes the oldest whole chunk and the place of its first sample.</summary>
    public bool TryTake(Span<float> chunk, out long startSample)
    {
        startSample = _start;
        if (_count < _chunkSamples)
        {
            return false;
        }

        _samples.AsSpan(0, _chunkSamples).CopyTo(chunk);
        _count -= _chunkSamples;
        _samples.AsSpan(_chunkSamples, _count).CopyTo(_samples);
        _start += _chunkSamples;
        return true;
    }
}
