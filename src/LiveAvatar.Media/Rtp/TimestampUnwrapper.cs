namespace LiveAvatar.Media.Rtp;

/// <summary>Extends 32-bit RTP timestamps to 64 bits, so that media positions grow for days.</summary>
/// <remarks>
/// Each value is placed nearest to the one before it: up to 2^31 - 1 units ahead (12 h at 48 kHz), 2^31 behind.
/// The first value stands for itself. One instance per SSRC.
/// </remarks>
public sealed class TimestampUnwrapper
{
    private long _last;
    private bool _started;

    /// <summary>The unwrapped timestamp of <paramref name="value"/>, which becomes the reference for the next one.</summary>
    public long Unwrap(uint value)
    {
        _last = Nearest(value);
        _started = true;
        return _last;
    }

    /// <summary>The unwrapped timestamp of <paramref name="value"/> without moving the reference.</summary>
    public long Nearest(uint value) => _started ? _last + (int)(value - (uint)_last) : value;

    /// <summary>Forgets everything; the next value stands for itself again.</summary>
    public void Reset()
    {
        _started = false;
        _last = 0;
    }
}
