namespace LiveAvatar.Pipeline;

/// <summary>Decides how long the voice is held so that it leaves in step with the lips.</summary>
/// <remarks>
/// The picture of a moment leaves later than the sound of that moment came in: half a frame, the look-ahead, and the
/// work. The receiver then holds sound longer than pictures (its audio jitter buffer, 45 to 80 ms in a browser that has settled), which is
/// taken off here. Written by the send loop, read by the receive thread: one long, so no lock.
/// </remarks>
internal sealed class AvSync
{
    /// <summary>Never hold the voice longer than this, however slow the pictures are (pain 1 of users: stuttering sound).</summary>
    public static readonly TimeSpan MaxHold = TimeSpan.FromMilliseconds(200);

    /// <summary>What a browser's audio path takes longer than its video path before its own synchronisation sets in (docs/latency.md).</summary>
    public static readonly TimeSpan ReceiverAudioLag = TimeSpan.FromMilliseconds(50);

    /// <summary>How much earlier than their sound the pictures are said to be, in the timestamps that viewers align both by.</summary>
    /// <remarks>
    /// A browser brings the two within 30 ms of each other and rests. Its sound buffer shrinks after the first seconds, and the
    /// pictures, which it had delayed for the longer one, then stay late by that. Sound that is early is noticed
    /// from 45 ms on, sound that is late from 125 (ITU-R BT.1359-1): what is left of the difference is to lie on that side.
    /// </remarks>
    public static readonly TimeSpan PictureLead = TimeSpan.FromMilliseconds(25);

    private const int AverageShift = 5; // 32 frames: about 1.3 s
    private long _latencyTicks;

    /// <summary>How long a voice packet waits between arrival and departure.</summary>
    public TimeSpan Hold
    {
        get
        {
            var hold = TimeSpan.FromTicks(Volatile.Read(ref _latencyTicks)) - ReceiverAudioLag;
            return hold < TimeSpan.Zero ? TimeSpan.Zero : hold > MaxHold ? MaxHold : hold;
        }
    }

    /// <summary>Notes a frame that left: how long after the arrival of the sound it shows.</summary>
    public void FrameSent(TimeSpan latency)
    {
        var average = Volatile.Read(ref _latencyTicks);
        var next = average == 0 ? latency.Ticks : average + ((latency.Ticks - average) >> AverageShift);
        Volatile.Write(ref _latencyTicks, Math.Clamp(next, 0, TimeSpan.TicksPerSecond));
    }
}
