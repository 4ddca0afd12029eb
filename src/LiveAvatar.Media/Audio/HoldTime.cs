namespace LiveAvatar.Media.Audio;

/// <summary>Learns how long a gap in the sequence is worth waiting for, from how late overtaken packets come.</summary>
/// <remarks>
/// An overtaken packet raises it at once to one and a half times its lateness; each true loss lowers it by a sixteenth. So a
/// path that never reorders soon costs the minimum per loss, and one that does is covered after the first lesson.
/// </remarks>
internal sealed class HoldTime(TimeSpan initial, TimeSpan min, TimeSpan max)
{
    public TimeSpan Current { get; private set; } = initial;

    public void OnOvertaken(TimeSpan lateness)
    {
        var wanted = TimeSpan.FromTicks(lateness.Ticks * 3 / 2);
        if (wanted > Current)
        {
            Current = wanted < max ? wanted : max;
        }
    }

    public void OnLost()
    {
        var lower = Current - (Current / 16);
        Current = lower > min ? lower : min;
    }
}
