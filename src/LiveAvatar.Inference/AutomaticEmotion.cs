using LiveAvatar.Inference.Packs;

namespace LiveAvatar.Inference;

/// <summary>Turns what the speech encoder tells of the speaker into slow, modest strengths of the pack's emotions.</summary>
/// <remarks>
/// While there is a voice each strength follows its label's share; without one all fade. A share must last and exceed
/// <see cref="DeadZone"/> before anything shows, so that a plain voice has a plain face. Allocates nothing after its construction.
/// </remarks>
internal sealed class AutomaticEmotion
{
    /// <summary>Share of a label that still counts as neutral: eight labels that know nothing have an eighth each.</summary>
    internal const float DeadZone = 0.3f;

    // A mood shows after about a sentence's beginning and stays a moment after its end.
    private static readonly TimeSpan Rise = TimeSpan.FromSeconds(1.2);
    private static readonly TimeSpan Fade = TimeSpan.FromSeconds(3);

    // Between these energies a sound goes from no voice to surely one; the measure is 0 in silence and about 0.5 in plain speech.
    private const float QuietEnergy = 0.1f;
    private const float VoicedEnergy = 0.3f;

    private readonly (int Label, int Emotion)[] _pairs;
    private readonly float[] _shares;
    private readonly float _rise;
    private readonly float _fade;

    /// <param name="speakerState">The pack's names of a speaker state; may be empty.</param>
    /// <param name="emotions">The pack's emotions.</param>
    /// <param name="frame">Time from one frame to the next.</param>
    internal AutomaticEmotion(IReadOnlyList<string> speakerState, IReadOnlyList<string> emotions, TimeSpan frame)
    {
        _pairs = [.. speakerState.Skip(SpeakerStateNames.Measures.Length).Select((name, i) => (name, i))
            .Where(label => label.name != SpeakerStateNames.Neutral)
            .Select(label => (SpeakerStateNames.Measures.Length + label.i, emotions.ToList().IndexOf(label.name)))];
        _shares = new float[_pairs.Length];
        _rise = Step(frame, Rise);
        _fade = Step(frame, Fade);
    }

    /// <summary>Takes the speaker state of one frame.</summary>
    internal void Hear(ReadOnlySpan<float> state)
    {
        if (_pairs.Length == 0)
        {
            return;
        }

        var voiced = Math.Clamp((state[0] - QuietEnergy) / (VoicedEnergy - QuietEnergy), 0, 1);
        for (var i = 0; i < _pairs.Length; i++)
        {
            var label = Math.Clamp(state[_pairs[i].Label], 0, 1);
            _shares[i] += (voiced * _rise * (label - _shares[i])) - ((1 - voiced) * _fade * _shares[i]);
        }
    }

    /// <summary>Adds the strengths to an emotion vector, whose numbers stay within 0…1.</summary>
    /// <param name="emotion">Strength of each emotion of the pack.</param>
    /// <param name="amount">0 adds nothing, 1 all that was heard.</param>
    internal void AddTo(Span<float> emotion, float amount)
    {
        for (var i = 0; i < _pairs.Length; i++)
        {
            ref var strength = ref emotion[_pairs[i].Emotion];
            strength = Math.Clamp(strength + (amount * Math.Max(0, (_shares[i] - DeadZone) / (1 - DeadZone))), 0, 1);
        }
    }

    /// <summary>Forgets what was heard.</summary>
    internal void Reset() => _shares.AsSpan().Clear();

    /// <summary>Part of the remaining way that is gone in one frame.</summary>
    private static float Step(TimeSpan frame, TimeSpan constant) => (float)(1 - Math.Exp(-frame / constant));
}
