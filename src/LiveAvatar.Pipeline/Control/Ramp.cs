namespace LiveAvatar.Pipeline.Control;

/// <summary>Numbers on their way from what they were to what they shall be.</summary>
/// <remarks>Pure state machine of the inference worker; allocates nothing after its construction.</remarks>
internal sealed class Ramp(int size)
{
    private readonly float[] _from = new float[size];
    private readonly float[] _to = new float[size];
    private readonly float[] _values = new float[size];
    private TimeSpan _start;
    private Transition _transition;

    /// <summary>The numbers of the present frame.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The first number, for ramps of one.</summary>
    public float Value => _values[0];

    /// <summary>Starts towards new numbers from where they are; those that are not given become 0.</summary>
    /// <param name="target">What they shall be; more than there are places for are ignored.</param>
    /// <param name="transition">How they get there.</param>
    /// <param name="start">Media time of the last frame that showed the old numbers.</param>
    public void Begin(ReadOnlySpan<float> target, Transition transition, TimeSpan start)
    {
        var count = Math.Min(target.Length, _to.Length);
        _values.CopyTo(_from, 0);
        target[..count].CopyTo(_to);
        _to.AsSpan(count).Clear();
        (_transition, _start) = (transition, start);
    }

    /// <summary>Makes the numbers those of a frame.</summary>
    public void Advance(TimeSpan mediaTime)
    {
        var share = _transition.At(mediaTime - _start);
        for (var i = 0; i < _values.Length; i++)
        {
            // At the end exactly what was asked for, whatever rounding the sum would add.
            _values[i] = share >= 1 ? _to[i] : _from[i] + (share * (_to[i] - _from[i]));
        }
    }
}
