using System.Threading.Channels;
using LiveAvatar.Media.Audio;
using LiveAvatar.Pipeline.Ledger;

namespace LiveAvatar.Pipeline.Voice;

/// <summary>Steps 5 and 6: 48 kHz sound becomes 16 kHz chunks in queue A, each with its media time.</summary>
/// <remarks>Used under its voice source's lock.</remarks>
internal sealed class ChunkFeed
{
    private const int SampleRate48k = 48_000;
    private const int MaxSamples48k = 5760; // 120 ms, the longest Opus packet (RFC 6716 section 2.1.4)

    private readonly Resampler _resampler = new(SampleRate48k, SpeechChunk.SampleRate);
    private readonly AudioChunker _chunker;
    private readonly BufferPool<SpeechChunk> _pool;
    private readonly ChannelWriter<SpeechChunk> _chunks;
    private readonly PipelineCounters _counters;
    private readonly TimeSpan _filterDelay;
    private readonly TimeProvider _time;
    private readonly float[] _pcm16;
    private readonly float[] _spill;

    public ChunkFeed(int chunkSamples, BufferPool<SpeechChunk> pool, ChannelWriter<SpeechChunk> chunks, PipelineCounters counters, TimeProvider time)
    {
        _chunker = new AudioChunker(chunkSamples);
        _spill = new float[chunkSamples];
        _pcm16 = new float[_resampler.MaxOutput(MaxSamples48k)];
        _pool = pool;
        _chunks = chunks;
        _counters = counters;
        _time = time;
        _filterDelay = TimeSpan.FromSeconds(_resampler.DelaySamples / SampleRate48k);
    }

    /// <summary>Appends sound.</summary>
    /// <param name="pcm48">Mono at 48 kHz, up to 120 ms.</param>
    /// <param name="received">When the kernel had it.</param>
    /// <param name="taken">When it was taken up.</param>
    /// <param name="captured">When the sound of <paramref name="capturedAt"/> was captured.</param>
    /// <param name="capturedAt">A media time.</param>
    /// <returns>Whether a chunk was completed.</returns>
    public bool Feed(ReadOnlySpan<float> pcm48, TimeSpan received, TimeSpan taken, CaptureTime captured, TimeSpan capturedAt)
    {
        var written = _resampler.Process(pcm48, _pcm16);
        _chunker.Push(_pcm16.AsSpan(0, written));
        var completed = false;
        for (; ; )
        {
            var chunk = _pool.TryRent();
            if (!_chunker.TryTake(chunk?.Samples ?? _spill, out var startSample))
            {
                if (chunk is not null)
                {
                    _pool.Return(chunk);
                }

                return completed;
            }

            if (chunk is null)
            {
                _counters.ChunksDropped++;
                continue;
            }

            chunk.MediaTime = PipelineTiming.FirstMediaTime + TimeSpan.FromSeconds((double)startSample / SpeechChunk.SampleRate) - _filterDelay;
            chunk.Times = new FrameTimes { Received = received, Taken = taken, Queued = _time.GetElapsedTime(0) };
            chunk.Captured = captured.Shift(chunk.MediaTime - capturedAt);
            completed |= _chunks.TryWrite(chunk);
        }
    }
}
