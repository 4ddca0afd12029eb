#pragma warning disable VSTHRD003 // These tasks are completed by the endpoint's own threads.

using System.Collections.Concurrent;

namespace LiveAvatar.Rtc.Tests.Session;

/// <summary>Writes down what a peer says, in order.</summary>
internal sealed class RecordingObserver : IPeerObserver
{
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<SessionEndReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _keyFrameRequests;
    private int _closedCalls;

    public Task Connected => _connected.Task;

    public Task<SessionEndReason> Closed => _closed.Task;

    public ConcurrentQueue<(long Sequence, long Timestamp, byte[] Payload, ulong CaptureNtp, long? Offset)> Audio { get; } = new();

    public int KeyFrameRequests => Volatile.Read(ref _keyFrameRequests);

    public int ClosedCalls => Volatile.Read(ref _closedCalls);

    /// <summary>Called for each audio packet, on the receive thread.</summary>
    public Action? AudioHook { get; set; }

    public void OnConnected() => _connected.TrySetResult();

    public void OnAudioPacket(in ReceivedAudio packet)
    {
        AudioHook?.Invoke();
        Audio.Enqueue((packet.Sequence, packet.RtpTimestamp, packet.Payload.ToArray(), packet.CaptureNtp, packet.CaptureClockOffset));
    }

    public void OnKeyFrameRequested() => Interlocked.Increment(ref _keyFrameRequests);

    public void OnClosed(SessionEndReason reason)
    {
        Interlocked.Increment(ref _closedCalls);
        _closed.TrySetResult(reason);
    }
}
