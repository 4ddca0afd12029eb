namespace LiveAvatar.Pipeline;

/// <summary>Decides how long the voice is held so that it leaves in step with the lips.</summary>
/// <remarks>
/// The picture of a moment leaves later than the sound of that moment came in: half a frame, the look-ahead, and the
/// work. The receiver then holds sound longer than pictures (its audio jitter buffer, 35 to 60 ms in a browser that has settled), which is
/// taken off here. Written by the send loop, read by the receive thread: one long, so no lock.
/// </remarks>
internal sealed class AvSync
{
    /// <summary>Never hold the voice longer than this, however slow the pictures are (pain 1 of users: stuttering sound).</summary>
    public static readonly TimeSpan MaxHold = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// By how much less the voice is held than would bring it in step at the receiver's socket. A browser takes some 20 ms longer over
    /// sound than over pictures; half of it lets the voice come a little after the lips, where it is noticed least (ITU-R BT.1359-1).
    /// </summary>
    public static readonly TimeSpan ReceiverAudioLag = TimeSpan.FromMilliseconds(10);

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
