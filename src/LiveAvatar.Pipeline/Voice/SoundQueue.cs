namespace LiveAvatar.Pipeline.Voice;

/// <summary>Pushed sound that waits to be played: a ring of samples, cut into utterances.</summary>
/// <remarks>Pure state machine; used under its owner's lock.</remarks>
/// <param name="prebuffer">Samples of an utterance that must be here before it begins.</param>
/// <param name="report">Takes what happens.</param>
internal sealed class SoundQueue(int prebuffer, Action<PlaybackEvent, ulong, TimeSpan> report)
{
    /// <summary>Samples per second.</summary>
    public const int SampleRate = 48_000;

    /// <summary>Samples that can wait: 10 s. Enough for a burst over a bad link, and an interruption throws little away.</summary>
    public const int Capacity = 10 * SampleRate;

    private const int MaxUtterances = 256; // utterances without sound take no room in the ring
    private const int ProgressEvery = SampleRate / 2;

    private readonly float[] _ring = new float[Capacity];
    private readonly Queue<Utterance> _utterances = [];
    private Utterance? _newest; // the last of _utterances, or the latest that is gone
    private int _start;
    private ulong _discarded; // utterances up to this number were interrupted

    /// <summary>Samples that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Whether nothing waits and nothing is incomplete.</summary>
    public bool IsEmpty => _utterances.Count == 0;

    /// <summary>Appends sound to an utterance; sound of one that was interrupted is discarded.</summary>
    /// <returns>How many samples were taken; fewer than given when there is no room.</returns>
    /// <exception cref="PushException">The utterance is an earlier one, or complete.</exception>
    public int Write(ReadOnlySpan<float> samples, ulong number)
    {
        if (number <= _discarded)
        {
            return samples.Length;
        }

        if (!TryFind(number, out var utterance))
        {
            return 0;
        }

        var taken = Math.Min(samples.Length, Capacity - Count);
        for (var rest = samples[..taken]; !rest.IsEmpty;)
        {
            var at = (_start + Count) % Capacity;
            var part = Math.Min(rest.Length, Capacity - at);
            rest[..part].CopyTo(_ring.AsSpan(at));
            Count += part;
            rest = rest[part..];
        }

        utterance.Waiting += taken;
        return taken;
    }

    /// <summary>Marks an utterance as complete; false when there is no room for one that has no sound.</summary>
    /// <exception cref="PushException">The utterance is an earlier one, or complete.</exception>
    public bool TryEnd(ulong number)
    {
        if (number <= _discarded)
        {
            return true;
        }

        if (!TryFind(number, out var utterance))
        {
            return false;
        }

        utterance.IsComplete = true;
        return true;
    }

    /// <summary>Takes the next block; the end of an utterance is filled up with silence.</summary>
    /// <returns>False when there is nothing to be played now; the block is not written then.</returns>
    public bool TryRead(Span<float> block)
    {
        while (_utterances.TryPeek(out var utterance))
        {
            var complete = utterance.IsComplete || _utterances.Count > 1;
            if (!utterance.IsPlaying && !complete && utterance.Waiting < Math.Max(prebuffer, block.Length))
            {
                return false;
            }

            Play(utterance);
            if (utterance.Waiting < block.Length && !complete)
            {
                utterance.IsPlaying = false;
                report(PlaybackEvent.Starved, utterance.Number, utterance.PlayedTime);
                return false;
            }

            var some = Math.Min(utterance.Waiting, block.Length);
            Take(utterance, block[..some]);
            block[some..].Clear();
            if (utterance.Waiting == 0 && complete)
            {
                _utterances.Dequeue();
                report(PlaybackEvent.Ended, utterance.Number, utterance.PlayedTime);
            }

            if (some > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Discards everything that waits, and what still comes of its utterances.</summary>
    public void Interrupt()
    {
        _discarded = _newest?.Number ?? 0;
        (_start, Count) = (0, 0);
        while (_utterances.TryDequeue(out var utterance))
        {
            report(PlaybackEvent.Interrupted, utterance.Number, utterance.PlayedTime);
        }
    }

    private bool TryFind(ulong number, out Utterance utterance)
    {
        utterance = _newest!;
        if (_newest is { } newest && number <= newest.Number)
        {
            return number == newest.Number && !newest.IsComplete
                ? true
                : throw new PushException("utterance", $"utterance {newest.Number} has begun or is complete; number what comes next {newest.Number + 1} or higher.");
        }

        if (_utterances.Count == MaxUtterances)
        {
            return false;
        }

        utterance = _newest = new Utterance(number);
        _utterances.Enqueue(utterance);
        return true;
    }

    private void Play(Utterance utterance)
    {
        if (!utterance.IsPlaying && utterance.Played == 0)
        {
            report(PlaybackEvent.Started, utterance.Number, TimeSpan.Zero);
        }

        utterance.IsPlaying = true;
    }

    private void Take(Utterance utterance, Span<float> samples)
    {
        var first = Math.Min(samples.Length, Capacity - _start);
        _ring.AsSpan(_start, first).CopyTo(samples);
        _ring.AsSpan(0, samples.Length - first).CopyTo(samples[first..]);
        _start = (_start + samples.Length) % Capacity;
        Count -= samples.Length;
        utterance.Waiting -= samples.Length;
        var before = utterance.Played / ProgressEvery;
        utterance.Played += samples.Length;
        if (utterance.Played / ProgressEvery > before)
        {
            report(PlaybackEvent.Progress, utterance.Number, utterance.PlayedTime);
        }
    }

    private sealed class Utterance(ulong number)
    {
        public ulong Number => number;

        public int Waiting { get; set; }

        public long Played { get; set; }

        public bool IsPlaying { get; set; }

        public bool IsComplete { get; set; }

        public TimeSpan PlayedTime => TimeSpan.FromSeconds((double)Played / SampleRate);
    }
}
