namespace LiveAvatar.Media.Rtp;

/// <summary>Extends 16-bit sequence numbers to 64 bits, so that nothing behind it ever sees a wrap.</summary>
/// <remarks>
/// Each value is placed nearest to the one before it: up to 32767 ahead, up to 32768 behind. The first value stands for
/// itself, so numbers older than the first come out negative. One instance per SSRC.
/// </remarks>
public sealed class SequenceUnwrapper
{
    private long _last;
    private bool _started;

    /// <summary>The unwrapped number of <paramref name="value"/>, which becomes the reference for the next one.</summary>
    public long Unwrap(ushort value)
    {
        _last = Nearest(value);
        _started = true;
        return _last;
    }

    /// <summary>The unwrapped number of <paramref name="value"/> without moving the reference, as for numbers a NACK asks for.</summary>
    public long Nearest(ushort value) => _started ? _last + (short)(value - (ushort)_last) : value;

    /// <summary>Forgets everything; the next value stands for itself again.</summary>
    public void Reset()
    {
        _started = false;
        _last = 0;
    }
}
