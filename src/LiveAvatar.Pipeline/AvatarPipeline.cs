using System.Threading.Channels;
using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using LiveAvatar.Media.Audio;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Timing;
using LiveAvatar.Media.Video;
using LiveAvatar.Pipeline.Control;
using LiveAvatar.Pipeline.Ledger;
using LiveAvatar.Pipeline.Voice;
using LiveAvatar.Rtc;

namespace LiveAvatar.Pipeline;

/// <summary>One session's way from the driver's microphone to everyone's screen. Reading starts here.</summary>
/// <remarks>
/// <list type="number">
/// <item>A datagram comes in on the one port: <see cref="RtcEndpoint"/>.</item>
/// <item>It is unprotected and parsed: <see cref="PeerConnection"/>, <see cref="RtpPacketView"/>. Receive thread.</item>
/// <item>Packets are put in order, losses declared: <see cref="AudioJitterBuffer"/> in <see cref="VoiceUplink"/>.</item>
/// <item>Opus becomes sound, a loss becomes concealment: <see cref="OpusDecoder"/>.</item>
/// <item>48 kHz becomes 16 kHz: <see cref="Resampler"/> in <see cref="ChunkFeed"/>. A voice that a program pushes begins here, in <see cref="PushedVoice"/>.</item>
/// <item>Sound is cut into chunks of one frame: <see cref="AudioChunker"/>. Then queue A.</item>
/// <item>A chunk becomes speech features: <see cref="AvatarStream.Listen"/>, on one of the <see cref="InferenceWorkers"/>.</item>
/// <item>Features become context and motion: the same call, steered by <see cref="FaceControl"/>; <see cref="MotionFeed"/> hands the motion out.</item>
/// <item>Motion becomes a picture, I420 out of the graph: <see cref="AvatarStream.Draw"/> in <see cref="FaceWork"/>. Then queue B.</item>
/// <item>The picture is encoded, once per codec: <see cref="VideoLane"/> in <see cref="SendLoop"/>.</item>
/// <item>It is packetised, paced, protected and sent: <see cref="PeerConnection.SendVideo"/>.</item>
/// <item>The voice goes to the viewers in step with the lips: <see cref="VoiceRelay"/> (queue C), <see cref="AvSync"/>.</item>
/// </list>
/// The frame clock is the sound: a frame is drawn the moment its sound is complete. The three queues are the only
/// crossings between threads; each is bounded, loses the oldest, and counts what it lost.
/// </remarks>
internal sealed class AvatarPipeline : IAsyncDisposable
{
    // A worker that falls behind by this many chunks (320 ms) loses the oldest: beyond it a face is out of step anyway.
    private const int ChunkQueue = 8;

    // Never more than one frame waits for the encoder.
    private const int FrameQueue = 1;

    private readonly Channel<SpeechChunk> _chunks;
    private readonly Channel<DrawnFrame> _frames;
    private readonly BufferPool<SpeechChunk> _chunkPool;
    private readonly BufferPool<DrawnFrame> _framePool;
    private readonly AvatarStream _stream;
    private readonly FaceWork _face;
    private readonly InferenceWorkers _workers;
    private readonly IVoiceSource _voice;
    private readonly VoiceRelay _relay;
    private readonly AvSync _sync = new();
    private readonly Action<Exception> _onFailed;
    private Task _sending = Task.CompletedTask;
    private int _failed;

    public AvatarPipeline(
        PackManifest pack,
        AvatarStream stream,
        SessionKind kind,
        float automaticEmotion,
        InferenceWorkers workers,
        Func<VideoCodec, IVideoEncoder> createEncoder,
        int videoBitrate,
        TimeProvider time,
        Action<Exception> failed)
    {
        var audio = pack.Audio;
        var window = TimeSpan.FromSeconds((double)audio.ChunkSamples / audio.SampleRate);
        var lookAhead = TimeSpan.FromSeconds((double)audio.LookAheadSamples / audio.SampleRate);
        _onFailed = failed;
        Ledger = new FrameLedger(WallClock.Pair(time.GetElapsedTime(0), time.GetUtcNow()));
        _stream = stream;
        _workers = workers;
        _chunkPool = new BufferPool<SpeechChunk>(ChunkQueue + 2, () => new SpeechChunk(audio.ChunkSamples));
        _framePool = new BufferPool<DrawnFrame>(
            FrameQueue + 2,
            () => new DrawnFrame(pack.Video.Width * pack.Video.Height * 3 / 2) { Age = (window / 2) + lookAhead });
        _chunks = Channel.CreateBounded<SpeechChunk>(
            new BoundedChannelOptions(ChunkQueue) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            dropped =>
            {
                Interlocked.Increment(ref Counters.FramesDropped);
                Ledger.Enter(dropped.Times, FrameFate.NotHeard);
                _chunkPool.Return(dropped);
            });
        _frames = Channel.CreateBounded<DrawnFrame>(
            new BoundedChannelOptions(FrameQueue) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            dropped =>
            {
                Interlocked.Increment(ref Counters.FramesDropped);
                Ledger.Enter(dropped.Times, FrameFate.Overtaken);
                _framePool.Return(dropped);
            });
        Control = new FaceControl(pack.Emotions.Count, automaticEmotion, Interrupt);
        Motion = new MotionFeed(pack.Motion.Count, pack.Emotions.Count);
        _relay = new VoiceRelay(_sync, Viewers, Counters);
        var feed = new ChunkFeed(audio.ChunkSamples, _chunkPool, _chunks.Writer, Counters, time);
        _voice = kind == SessionKind.Call ? new VoiceUplink(feed, _relay, Counters) : new PushedVoice(feed, _relay, Counters);
        Sender = new SendLoop(_frames.Reader, _framePool, createEncoder, videoBitrate, Viewers, _sync, Counters, Ledger, time);
        _face = new FaceWork(
            stream, kind == SessionKind.Motion ? () => false : () => Sender.IsWatched, window, lookAhead, Control, Motion,
            _chunks.Reader, _chunkPool, _frames.Writer, _framePool, Counters, Ledger, time, Fail);
    }

    public PipelineCounters Counters { get; } = new();

    /// <summary>Where the time of its frames goes.</summary>
    public FrameLedger Ledger { get; }

    public ViewerList Viewers { get; } = new();

    public SendLoop Sender { get; }

    /// <summary>Steers the face.</summary>
    public FaceControl Control { get; }

    /// <summary>Hands out the face's motion.</summary>
    public MotionFeed Motion { get; }

    /// <summary>The avatar that is drawn now.</summary>
    public string Avatar => _stream.Avatar;

    /// <summary>Whether anybody pushes sound, watches, records, or reads the motion.</summary>
    public bool IsUsed => PushedVoice?.IsPushed == true || Viewers.Count > 0 || Viewers.Recorder is not null || Motion.IsRead;

    /// <summary>How long the voice is held at present, to leave in step with the lips.</summary>
    public TimeSpan VoiceHold => _sync.Hold;

    /// <summary>Where a program's sound goes in; null in a call, whose voice is a microphone.</summary>
    public PushedVoice? PushedVoice => _voice as PushedVoice;

    /// <summary>Sound may come and the face begins to live.</summary>
    public void Start(TimeSpan now)
    {
        _sending = SendAsync();
        _voice.Start(now);
    }

    /// <summary>Steps 3 to 6. Receive thread.</summary>
    public void Accept(in ReceivedAudio packet)
    {
        if (_voice is VoiceUplink microphone && microphone.Accept(packet))
        {
            _workers.TrySchedule(_face);
        }
    }

    /// <summary>Lets time pass where no packet does it. Pacing thread.</summary>
    /// <returns>When the next voice packet is due, if one waits.</returns>
    public TimeSpan? Tick(TimeSpan now)
    {
        if (_voice.Tick(now))
        {
            _workers.TrySchedule(_face);
        }

        return _relay.Tick(now);
    }

    // From the call on: silence. What the worker has still to hear is silenced there (FaceControl.HushedBefore).
    private TimeSpan Interrupt() => _voice.Interrupt();

    /// <summary>Ends all loops and gives everything back.</summary>
    public async ValueTask DisposeAsync()
    {
        _voice.Dispose();
        _chunks.Writer.TryComplete();
        _frames.Writer.TryComplete();
        _face.Close();
        Control.Close();
        Motion.Close();
        await _sending.ConfigureAwait(false);
        while (_chunks.Reader.TryRead(out var chunk))
        {
            _chunkPool.Return(chunk);
        }

        _framePool.Close();
        _stream.Dispose();
    }

    private async Task SendAsync()
    {
        try
        {
            await Sender.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail(e);
        }
    }

    private void Fail(Exception e)
    {
        if (Interlocked.Exchange(ref _failed, 1) == 0)
        {
            _onFailed(e);
        }
    }
}
