namespace LiveAvatar.Pipeline.Control;

/// <summary>One blink on demand: the lids close fast and open more slowly.</summary>
/// <remarks>The times are those of the blinks the presenters learnt, within one frame of 40 ms.</remarks>
internal sealed class Blink
{
    private static readonly TimeSpan Closing = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan Closed = TimeSpan.FromMilliseconds(120); // since the start
    private static readonly TimeSpan Over = TimeSpan.FromMilliseconds(280);

    private TimeSpan? _start;

    /// <summary>How far the lids are closed in the present frame, 0…1.</summary>
    public float Value { get; private set; }

    /// <summary>Blinks; a blink that is under way starts anew only after it has closed the eyes.</summary>
    /// <param name="start">Media time of the last frame with open eyes.</param>
    public void Begin(TimeSpan start)
    {
        if (_start is null || start - _start > Closed)
        {
            // From half open, closing takes half the time.
            _start = start - (Closing * Value);
        }
    }

    /// <summary>Makes the lids those of a frame.</summary>
    public void Advance(TimeSpan mediaTime)
    {
        var elapsed = mediaTime - _start;
        Value = elapsed switch
        {
            null => 0,
            { } t when t <= Closing => (float)Math.Clamp(t / Closing, 0, 1),
            { } t when t <= Closed => 1,
            { } t when t < Over => (float)((Over - t) / (Over - Closed)),
            _ => 0,
        };
        if (elapsed >= Over)
        {
            _start = null;
        }
    }
}
