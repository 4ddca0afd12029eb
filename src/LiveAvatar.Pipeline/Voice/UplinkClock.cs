namespace LiveAvatar.Pipeline.Voice;

/// <summary>Compares how much sound has been taken in with how much time has passed.</summary>
/// <remarks>
/// Sound is used the moment it arrives, so being ahead costs no latency; but a burst after a stall would repeat what
/// silence has already stood for, and a stall would freeze the face. The clock says when to skip and when to fill.
/// It follows the driver's sound card slowly, so that clock drift (typically below 100 ppm) never adds up.
/// Pure state machine; used under the uplink's lock.
/// </remarks>
internal sealed class UplinkClock
{
    /// <summary>A stall longer than this is filled with silence; twice the jitter an ordinary wireless link shows.</summary>
    public static readonly TimeSpan FillAfter = TimeSpan.FromMilliseconds(80);

    /// <summary>Sound that would put the stream further ahead than this is skipped.</summary>
    public static readonly TimeSpan SkipBeyond = TimeSpan.FromMilliseconds(120);

    // Per packet of 10 ms this is a time constant of about 20 s: far slower than jitter, far faster than drift.
    private const int FollowShift = 11;

    private TimeSpan _anchor;
    private bool _filling = true;

    /// <summary>Media time taken in so far.</summary>
    public TimeSpan Position { get; private set; }

    /// <summary>Starts the timeline.</summary>
    public void Start(TimeSpan now, TimeSpan position)
    {
        Position = position;
        _anchor = now - position;
        _filling = true;
    }

    /// <summary>Whether sound that arrives now may be taken; false when it is a burst that must be skipped.</summary>
    public bool Accepts(TimeSpan now)
    {
        if (_filling)
        {
            // Sound comes back after a pause: from here on, it sets the pace.
            _filling = false;
            _anchor = now - Position;
        }

        var ahead = Position - (now - _anchor);
        _anchor -= TimeSpan.FromTicks(ahead.Ticks >> FollowShift);
        return ahead <= SkipBeyond;
    }

    /// <summary>Counts sound that was taken in.</summary>
    public void Advance(TimeSpan duration) => Position += duration;

    /// <summary>How much silence is due now: zero while sound flows.</summary>
    public TimeSpan SilenceDue(TimeSpan now)
    {
        var behind = now - _anchor - Position;
        if (!_filling && behind < FillAfter)
        {
            return TimeSpan.Zero;
        }

        _filling = true;
        return behind > TimeSpan.Zero ? behind : TimeSpan.Zero;
    }
}
