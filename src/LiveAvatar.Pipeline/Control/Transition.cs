namespace LiveAvatar.Pipeline.Control;

/// <summary>How long a change takes, in media time, and how it goes.</summary>
/// <param name="Duration">From the last frame before the change to the first that shows all of it; zero changes at once.</param>
/// <param name="Easing">The way in between.</param>
public readonly record struct Transition(TimeSpan Duration, Easing Easing)
{
    /// <summary>Which part of the way is gone, 0…1, after some time.</summary>
    internal float At(TimeSpan elapsed)
    {
        if (elapsed >= Duration)
        {
            return 1;
        }

        var t = (float)Math.Clamp(elapsed / Duration, 0, 1);
        return Easing switch
        {
            Easing.Linear => t,
            Easing.In => t * t,
            Easing.Out => t * (2 - t),
            _ => t * t * (3 - (2 * t)),
        };
    }
}
