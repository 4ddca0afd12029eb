namespace LiveAvatar.Pipeline.Control;

/// <summary>Brings the mouth to rest after an interruption, and lets it speak again when sound that may be heard comes.</summary>
internal sealed class Hush
{
    // Two frames to close: faster looks like a cut, slower goes on speaking.
    private static readonly Transition Closing = new(TimeSpan.FromMilliseconds(80), Easing.Linear);
    private static readonly Transition Opening = new(TimeSpan.FromMilliseconds(120), Easing.InOut);

    // Frames about a moment are drawn with what was heard shortly before it: the mouth rests a little longer than the sound.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(60);

    private readonly Ramp _share = new(1);
    private TimeSpan? _until;

    /// <summary>How much of the speech is taken out of the mouth in the present frame, 0…1.</summary>
    public float Value => _share.Value;

    /// <summary>Hushes.</summary>
    /// <param name="until">Media time from which on sound is spoken again.</param>
    /// <param name="start">Media time of the last frame that spoke.</param>
    public void Begin(TimeSpan until, TimeSpan start)
    {
        _until = until + Rest;
        _share.Begin([1], Closing, start);
    }

    /// <summary>Makes it that of a frame.</summary>
    public void Advance(TimeSpan mediaTime)
    {
        if (mediaTime >= _until)
        {
            _share.Begin([0], Opening, mediaTime);
            _until = null;
        }

        _share.Advance(mediaTime);
    }
}
