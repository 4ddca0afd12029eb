namespace LiveAvatar.Pipeline.Control;

/// <summary>A movement of the head that says something.</summary>
public enum Gesture
{
    /// <summary>Yes: down and up twice, the second time less.</summary>
    Nod,

    /// <summary>No: left and right twice, gently begun and ended.</summary>
    Shake,
}

/// <summary>One gesture at a time, as an offset on top of whatever the head does.</summary>
/// <remarks>Sizes stay within what the presenters can show (turn 0.28, nod 0.17 rad); lengths are those people take.</remarks>
internal sealed class HeadGesture
{
    private const float NodSize = 0.15f; // radians
    private const float ShakeSize = 0.2f;
    private const int Swings = 2;
    private static readonly TimeSpan NodTime = TimeSpan.FromSeconds(0.9);
    private static readonly TimeSpan ShakeTime = TimeSpan.FromSeconds(1.1);

    private Gesture _gesture;
    private TimeSpan? _start;

    /// <summary>Turn of the present frame in radians; positive is the presenter's left.</summary>
    public float Turn { get; private set; }

    /// <summary>Nod of the present frame in radians; positive is down.</summary>
    public float Nod { get; private set; }

    /// <summary>Starts a gesture; one that is under way goes on instead, so that the head never jumps.</summary>
    /// <param name="gesture">Which.</param>
    /// <param name="start">Media time of the last frame without it.</param>
    public void Begin(Gesture gesture, TimeSpan start)
    {
        if (_start is null)
        {
            (_gesture, _start) = (gesture, start);
        }
    }

    /// <summary>Makes the head that of a frame.</summary>
    public void Advance(TimeSpan mediaTime)
    {
        (Turn, Nod) = (0, 0);
        if (_start is not { } start)
        {
            return;
        }

        var t = (float)((mediaTime - start) / (_gesture == Gesture.Nod ? NodTime : ShakeTime));
        if (t >= 1)
        {
            _start = null;
            return;
        }

        var swing = 2 * MathF.PI * Swings * t;
        if (_gesture == Gesture.Nod)
        {
            Nod = NodSize * (1 - (0.5f * t)) * (1 - MathF.Cos(swing)) / 2;
        }
        else
        {
            Turn = ShakeSize * MathF.Sin(swing) * MathF.Sin(MathF.PI * t);
        }
    }
}
