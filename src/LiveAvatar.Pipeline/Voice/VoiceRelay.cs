using System.Threading.Channels;

namespace LiveAvatar.Pipeline.Voice;

/// <summary>Step 12: the driver's own Opus packets, held until the picture of the same moment leaves, then sent to the viewers.</summary>
/// <remarks>
/// The voice never waits for a particular frame: it follows the running average of how long frames take
/// (<see cref="AvSync"/>), so a late frame delays nothing, and leaves evenly (<see cref="VoicePace"/>). <see cref="Offer"/> is called under the uplink's lock,
/// <see cref="Tick"/> by the pacing thread.
/// </remarks>
internal sealed class VoiceRelay
{
    // 40 packets of 10 ms; the hold is never longer than AvSync.MaxHold.
    private const int Capacity = 40;

    private readonly Channel<VoicePacket> _queue;
    private readonly BufferPool<VoicePacket> _pool = new(Capacity + 2, () => new VoicePacket());
    private readonly AvSync _sync;
    private readonly VoicePace _pace = new();
    private readonly ViewerList _viewers;
    private readonly PipelineCounters _counters;

    public VoiceRelay(AvSync sync, ViewerList viewers, PipelineCounters counters)
    {
        _sync = sync;
        _viewers = viewers;
        _counters = counters;
        _queue = Channel.CreateBounded<VoicePacket>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true },
            dropped =>
            {
                Interlocked.Increment(ref counters.VoiceDropped);
                _pool.Return(dropped);
            });
    }

    /// <summary>Whether anybody would hear or keep a packet.</summary>
    public bool IsHeard => _viewers.Count > 0 || _viewers.Recorder is not null;

    public void Offer(ReadOnlySpan<byte> payload, TimeSpan mediaTime, TimeSpan now, CaptureTime captured, bool startsTalkSpurt)
    {
        _viewers.Recorder?.AddVoice(payload, mediaTime);
        if (_viewers.Count == 0)
        {
            return;
        }

        if (payload.Length > VoicePacket.MaxLength || _pool.TryRent() is not { } packet)
        {
            Interlocked.Increment(ref _counters.VoiceDropped);
            return;
        }

        payload.CopyTo(packet.Payload);
        packet.Length = payload.Length;
        packet.MediaTime = mediaTime;
        packet.Due = _pace.Depart(mediaTime, now, _sync.Hold);
        packet.Captured = captured;
        packet.StartsTalkSpurt = startsTalkSpurt;
        _queue.Writer.TryWrite(packet);
    }

    /// <summary>Discards what waits: it shall not be heard any more. Under the uplink's lock.</summary>
    public void Flush()
    {
        while (_queue.Reader.TryRead(out var packet))
        {
            _pool.Return(packet);
        }
    }

    /// <summary>Sends what is due.</summary>
    /// <returns>When the next packet is due, if one waits.</returns>
    public TimeSpan? Tick(TimeSpan now)
    {
        while (_queue.Reader.TryPeek(out var next))
        {
            if (next.Due > now)
            {
                return next.Due;
            }

            // Between peek and read the writer may have dropped the oldest: send whichever comes out.
            if (_queue.Reader.TryRead(out var packet))
            {
                _viewers.SendVoice(packet);
                _pool.Return(packet);
            }
        }

        return null;
    }
}
