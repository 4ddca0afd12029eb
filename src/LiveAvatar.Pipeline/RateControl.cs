namespace LiveAvatar.Pipeline;

/// <summary>Sets one encoder's rate, then its frame rate, by what the paths to those who watch bear.</summary>
/// <remarks>
/// The encoder follows the best path, so that nobody's bad network costs the others anything: who is reached by less gets
/// the base layer alone, or waits for it to fit. Down at once, up in steps, since each change costs the encoder's rate
/// control some frames of calm. Pure; used by the send loop.
/// </remarks>
internal sealed class RateControl
{
    /// <summary>Below this every second frame is left out: half as many that can be looked at, rather than all that cannot.</summary>
    public const int HalfFrameRateBelow = 160_000;

    private const double HalfFrameRateUntil = 1.15; // of that, so that it does not flicker between both
    private const double PayloadShare = 0.85;       // of what a path bears: RTP and SRTP take 7 %, libvpx makes up to 10 % more than told
    private const double LeastStepUp = 1.05;
    private const double LeastStepDown = 0.98;
    private const int LeastRate = 60_000;

    private readonly int _nominal;
    private bool _halves;
    private bool _skipsNext;

    /// <param name="nominal">Bits per second the encoder begins with, and never makes more than.</param>
    public RateControl(int nominal) => Rate = _nominal = nominal;

    /// <summary>Bits per second the encoder is to make.</summary>
    public int Rate { get; private set; }

    /// <summary>Takes what the best path bears.</summary>
    /// <param name="bitsPerSecond">At most the nominal rate, which then is what is made.</param>
    /// <param name="voiceBits">What of it the voice takes.</param>
    /// <returns>Whether <see cref="Rate"/> has changed.</returns>
    public bool Follow(int bitsPerSecond, int voiceBits)
    {
        var wanted = bitsPerSecond >= _nominal ? _nominal : Math.Clamp((int)(PayloadShare * (bitsPerSecond - voiceBits)), Math.Min(LeastRate, _nominal), _nominal);
        _halves = wanted < HalfFrameRateBelow * (_halves ? HalfFrameRateUntil : 1);
        if (wanted > LeastStepDown * Rate && wanted < LeastStepUp * Rate && wanted != _nominal)
        {
            return false;
        }

        var changed = wanted != Rate;
        Rate = wanted;
        return changed;
    }

    /// <summary>Whether the next frame is not to be encoded; asked once per frame.</summary>
    public bool LeavesOutNext() => _skipsNext = _halves && !_skipsNext;
}
