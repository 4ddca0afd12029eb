using System.Threading.Channels;
using LiveAvatar.Media.WebM;

namespace LiveAvatar.Pipeline.Recording;

/// <summary>Writes what a session sends to its viewers into one WebM file, on a task of its own.</summary>
/// <remarks>
/// Pictures come from the send loop and voice from the uplink; both only copy into a bounded queue, so that no disk can hold
/// them up. A disk that is too slow loses packets, which are counted, and after a lost picture all up to the next key frame.
/// Media time is the file's time, so lips and voice are in step whatever the network did.
/// </remarks>
public sealed class SessionRecorder
{
    // About 3 s of pictures and voice.
    private const int Capacity = 256;

    private readonly Channel<RecordedPacket> _packets = Channel.CreateBounded<RecordedPacket>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    // Both are let go at the end: whoever lists recordings keeps the recorder, and must not keep its session and buffers with it.
    private BufferPool<RecordedPacket>? _pool = new(Capacity + 2, () => new RecordedPacket());
    private Action? _wantKeyFrame;
    private readonly Task _writing;
    private bool _started; // the send loop's
    private bool _waitsForKeyFrame = true; // the send loop's
    private long _dropped;
    private long _durationTicks;

    /// <param name="output">The file, empty; closed at the end.</param>
    /// <param name="width">Picture columns.</param>
    /// <param name="height">Picture rows.</param>
    /// <param name="wantKeyFrame">Asks the encoder for a key frame.</param>
    internal SessionRecorder(Stream output, int width, int height, Action wantKeyFrame)
    {
        _wantKeyFrame = wantKeyFrame;
        _writing = Task.Run(() => WriteAsync(output, new WebMOptions { Width = width, Height = height, OpusPreSkip = 0 }));
    }

    /// <summary>How long the file plays so far.</summary>
    public TimeSpan Duration => TimeSpan.FromTicks(Volatile.Read(ref _durationTicks));

    /// <summary>Packets that the disk was too slow for.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Whether it still writes: neither stopped nor failed.</summary>
    public bool IsRunning => !_writing.IsCompleted;

    /// <summary>Why writing has ended before it was stopped, such as a full disk; null while all is well.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Completes when the file is.</summary>
    public Task Completed => _writing;

    /// <summary>Takes a picture. Send loop.</summary>
    internal void AddVideo(ReadOnlySpan<byte> frame, TimeSpan mediaTime, bool isKeyFrame)
    {
        if (!IsRunning || (_waitsForKeyFrame && !isKeyFrame))
        {
            return;
        }

        _waitsForKeyFrame = false;
        if (TryAdd(frame, mediaTime, isVideo: true, isKeyFrame))
        {
            Volatile.Write(ref _started, true);
        }
        else
        {
            _waitsForKeyFrame = true;
            Volatile.Read(ref _wantKeyFrame)?.Invoke();
        }
    }

    /// <summary>Takes an Opus packet; what comes before the first picture is left out. Uplink.</summary>
    internal void AddVoice(ReadOnlySpan<byte> packet, TimeSpan mediaTime)
    {
        if (IsRunning && Volatile.Read(ref _started))
        {
            TryAdd(packet, mediaTime, isVideo: false, isKeyFrame: false);
        }
    }

    /// <summary>Writes what waits and completes the file.</summary>
    internal Task StopAsync()
    {
        _packets.Writer.TryComplete();
        return _writing;
    }

    private bool TryAdd(ReadOnlySpan<byte> data, TimeSpan mediaTime, bool isVideo, bool isKeyFrame)
    {
        var pool = Volatile.Read(ref _pool);
        if (pool?.TryRent() is { } packet)
        {
            packet.Set(data, mediaTime, isVideo, isKeyFrame);
            if (_packets.Writer.TryWrite(packet))
            {
                return true;
            }

            pool.Return(packet);
        }

        Interlocked.Increment(ref _dropped);
        return false;
    }

    private async Task WriteAsync(Stream output, WebMOptions options)
    {
        var pool = _pool!;
        try
        {
            using var file = new RecordingFile(output, options);
            await foreach (var packet in _packets.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                try
                {
                    file.Write(packet);
                    Volatile.Write(ref _durationTicks, file.Duration.Ticks);
                }
                finally
                {
                    pool.Return(packet);
                }
            }

            file.Complete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = e; // a full disk ends the recording, not the session
        }
        finally
        {
            _packets.Writer.TryComplete();
            while (_packets.Reader.TryRead(out var packet))
            {
                pool.Return(packet);
            }

            Volatile.Write(ref _pool, null);
            Volatile.Write(ref _wantKeyFrame, null);
        }
    }
}
