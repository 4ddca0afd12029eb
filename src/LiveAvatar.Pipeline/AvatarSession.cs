using LiveAvatar.Inference;
using LiveAvatar.Media.Video;
using LiveAvatar.Pipeline.Control;
using LiveAvatar.Pipeline.Ledger;
using LiveAvatar.Pipeline.Recording;
using LiveAvatar.Pipeline.Voice;
using LiveAvatar.Rtc;
using Microsoft.Extensions.Logging;

namespace LiveAvatar.Pipeline;

/// <summary>One driver, one avatar, and everyone who watches it.</summary>
/// <remarks>It only ties lifetimes together; what happens to sound and pictures is <see cref="AvatarPipeline"/>.</remarks>
public sealed class AvatarSession : IPeerObserver, IAsyncDisposable
{
    private readonly AvatarHost _host;
    private readonly AvatarPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TimeSpan _created;
    private readonly TaskCompletionSource<SessionEndReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new(); // guards _closing, and beginning to record
    private readonly TimeSpan? _idleTimeout;
    private Task? _closing;
    private TimeSpan _used; // pacing thread
    private volatile bool _started;

    internal AvatarSession(string id, AvatarHost host, AvatarStream stream, SessionSetup setup, InferenceWorkers workers, TimeProvider time, ILogger logger)
    {
        Id = id;
        Kind = setup.Kind;
        _idleTimeout = setup.IdleTimeout;
        _host = host;
        _time = time;
        _logger = logger;
        _created = _used = time.GetElapsedTime(0);
        _pipeline = new AvatarPipeline(host.Pack, stream, setup.Kind, setup.AutomaticEmotion, workers, host.CreateEncoder, host.VideoBitrate, time, OnFailed);
    }

    /// <summary>Where its voice comes from and what is made of it.</summary>
    public SessionKind Kind { get; }

    /// <summary>Unguessable name, part of the WHIP resource and of the viewer link.</summary>
    public string Id { get; }

    /// <summary>The avatar that is drawn now, by its name in the pack.</summary>
    public string Avatar => _pipeline.Avatar;

    /// <summary>Steers the face.</summary>
    public FaceControl Face => _pipeline.Control;

    /// <summary>Whether the driver has been connected and the face lives.</summary>
    public bool IsStarted => _started;

    /// <summary>Completes when the session has ended and everything is given back.</summary>
    public Task<SessionEndReason> Ended => _ended.Task;

    /// <summary>The driver's connection; null in a session whose voice is pushed.</summary>
    public PeerConnection? Driver { get; private set; }

    /// <summary>Everyone who watches.</summary>
    public IReadOnlyList<Viewer> Viewers => _pipeline.Viewers.Snapshot;

    /// <summary>Finds a viewer by its id.</summary>
    public Viewer? FindViewer(string id) => _pipeline.Viewers.Snapshot.FirstOrDefault(viewer => viewer.Id == id);

    /// <summary>Reads the face's motion from the next frame on; the caller disposes it.</summary>
    /// <exception cref="SessionEndedException">The session has ended.</exception>
    /// <exception cref="CapacityException">As many read it as may.</exception>
    public MotionSubscription WatchMotion() => _pipeline.Motion.Subscribe();

    /// <summary>Begins to push sound; the caller disposes it.</summary>
    /// <exception cref="VoiceTakenException">The session's voice is a microphone, or is pushed already.</exception>
    /// <exception cref="SessionEndedException">The session has ended.</exception>
    public VoicePush PushVoice(VoiceFormat format) =>
        (_pipeline.PushedVoice ?? throw new VoiceTakenException("The voice of this session is its driver's microphone. Make a session with SessionService.Create to push one.")).Open(format);

    /// <summary>Records into a file from the next key frame on; the session's end completes it.</summary>
    /// <param name="open">Makes the empty file.</param>
    /// <exception cref="RecordingException">The session is recorded already.</exception>
    /// <exception cref="NoPictureException">The session makes motion alone.</exception>
    /// <exception cref="SessionEndedException">The session has ended.</exception>
    public SessionRecorder StartRecording(Func<Stream> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        if (Kind == SessionKind.Motion)
        {
            throw new NoPictureException();
        }

        lock (_gate)
        {
            if (_closing is not null)
            {
                throw new SessionEndedException();
            }

            if (_pipeline.Viewers.Recorder is not null)
            {
                throw new RecordingException("The session is recorded already.");
            }

            var video = _host.Pack.Video;
            var recorder = new SessionRecorder(open(), video.Width, video.Height, () => RequestKeyFrame(VideoCodec.Vp8));
            _pipeline.Viewers.Recorder = recorder;
            RequestKeyFrame(VideoCodec.Vp8);
            Track(WatchAsync(recorder));
            return recorder;
        }
    }

    /// <summary>Stops recording and completes the file.</summary>
    /// <exception cref="RecordingException">The session is not recorded, or writing has failed.</exception>
    public async Task<SessionRecorder> StopRecordingAsync()
    {
        var recorder = _pipeline.Viewers.TakeRecorder() ?? throw new RecordingException("The session is not recorded.");
        await recorder.StopAsync().ConfigureAwait(false);
        return recorder.Failure is { } failure
            ? throw new RecordingException($"The recording has ended by itself; what was written until then plays. {failure.Message}")
            : recorder;
    }

    /// <summary>What the session has done so far.</summary>
    public SessionStatistics GetStatistics() => SessionStatistics.From(this, _pipeline, _time.GetElapsedTime(0) - _created);

    /// <summary>The moments of its last frames, up to 20 s back, oldest first.</summary>
    public IReadOnlyList<FrameEntry> ReadLedger() => _pipeline.Ledger.Read();

    /// <summary>Ends the session and all who watch it; completes when everything is given back. May be called twice.</summary>
    public Task CloseAsync(SessionEndReason reason)
    {
        lock (_gate)
        {
            return _closing ??= Task.Run(() => CloseCoreAsync(reason));
        }
    }

    /// <summary>Ends the session as <see cref="CloseAsync"/> does.</summary>
    public ValueTask DisposeAsync() => new(CloseAsync(SessionEndReason.LocalClose));

    void IPeerObserver.OnConnected()
    {
        if (_started)
        {
            return; // ICE restart: the same session goes on
        }

        _pipeline.Sender.DriverCodec = Driver!.Session.VideoCodec;
        _pipeline.Sender.Driver = Driver;
        Start();
    }

    void IPeerObserver.OnAudioPacket(in ReceivedAudio packet) => _pipeline.Accept(packet);

    void IPeerObserver.OnKeyFrameRequested() => RequestKeyFrame(Driver!.Session.VideoCodec);

    void IPeerObserver.OnClosed(SessionEndReason reason) => Track(CloseAsync(reason));

    internal PipelineCounters Counters => _pipeline.Counters;

    internal void Attach(PeerConnection driver) => Driver = driver;

    /// <summary>The face begins to live.</summary>
    internal void Start()
    {
        _pipeline.Start(_time.GetElapsedTime(0));
        _started = true;
        Log.SessionStarted(_logger, Id, Avatar);
    }

    internal void RequestKeyFrame(VideoCodec codec) => _pipeline.Sender.RequestKeyFrame(codec);

    internal void Add(Viewer viewer) => _pipeline.Viewers.Add(viewer);

    internal void Remove(Viewer viewer)
    {
        if (_pipeline.Viewers.Remove(viewer))
        {
            Track(viewer.Peer.DisposeAsync().AsTask());
        }
    }

    internal TimeSpan? Tick(TimeSpan now)
    {
        if (!_started)
        {
            return null;
        }

        if (_idleTimeout is { } timeout)
        {
            _used = _pipeline.IsUsed ? now : _used;
            if (now - _used > timeout)
            {
                Track(CloseAsync(SessionEndReason.IdleTimedOut));
                return null;
            }
        }

        return _pipeline.Tick(now);
    }

    private async Task WatchAsync(SessionRecorder recorder)
    {
        await recorder.Completed.ConfigureAwait(false);
        if (recorder.Failure is { } failure)
        {
            Log.RecordingFailed(_logger, failure, Id);
        }
    }

    private void OnFailed(Exception error)
    {
        Log.SessionFailed(_logger, error, Id);
        Track(CloseAsync(SessionEndReason.MediaFailed));
    }

    private async Task CloseCoreAsync(SessionEndReason reason)
    {
        try
        {
            await ReleaseAsync(reason).ConfigureAwait(false);
            Log.SessionEnded(_logger, Id, reason);
        }
        finally
        {
            _ended.TrySetResult(reason); // whoever waits for the end must not wait for ever
        }
    }

    private async Task ReleaseAsync(SessionEndReason reason)
    {
        _host.Forget(this);
        _started = false;
        foreach (var viewer in _pipeline.Viewers.Snapshot)
        {
            viewer.Close(reason);
        }

        Driver?.Close(reason);
        await _pipeline.DisposeAsync().ConfigureAwait(false);
        if (_pipeline.Viewers.TakeRecorder() is { } recorder)
        {
            await recorder.StopAsync().ConfigureAwait(false);
        }

        if (Driver is not null)
        {
            await Driver.DisposeAsync().ConfigureAwait(false);
        }

        Leftovers.Collect();
    }

    private void Track(Task task) => _host.Track(task);
}
