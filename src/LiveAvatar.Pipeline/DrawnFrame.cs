using LiveAvatar.Media;
using LiveAvatar.Pipeline.Ledger;

namespace LiveAvatar.Pipeline;

/// <summary>One finished picture on its way to the send loop (queue B), with the times of its making.</summary>
internal sealed class DrawnFrame(int bytes) : IDisposable
{
    private byte[] _pixels = LargeBuffers.Pool.Rent(bytes);

    /// <summary>I420 planes, contiguous.</summary>
    public Span<byte> Pixels => _pixels.AsSpan(0, bytes);

    /// <summary>Media time of the middle of the sound the picture shows.</summary>
    public TimeSpan MediaTime { get; set; }

    /// <summary>When the driver's machine captured that sound.</summary>
    public CaptureTime Captured { get; set; }

    /// <summary>The moments of its making.</summary>
    public FrameTimes Times;

    /// <summary>How long before its last sound arrived the sound the picture shows had been spoken: half the window and the look-ahead.</summary>
    public TimeSpan Age { get; set; }

    /// <summary>Gives its memory back; called once, by the pool it belongs to.</summary>
    public void Dispose()
    {
        LargeBuffers.Pool.Return(_pixels);
        _pixels = [];
    }
}
