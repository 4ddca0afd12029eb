using System.Collections.Concurrent;
using System.Security.Cryptography;
using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Video;
using LiveAvatar.Rtc;
using LiveAvatar.Rtc.Sdp;
using Microsoft.Extensions.Logging;

namespace LiveAvatar.Pipeline;

/// <summary>All avatar sessions of one process: makes them, finds them, ends them.</summary>
public sealed class AvatarHost : IAsyncDisposable
{
    // How far a viewer's browser may hold pictures back to keep them in step with the voice. It takes what it needs: its audio
    // buffer was seen at 45 to 80 ms, and at 200 ms on a busy machine (docs/latency.md). Up to 500 ms keeps the quick way to the screen.
    private static readonly TimeSpan ViewerMaxPlayoutDelay = TimeSpan.FromMilliseconds(300);

    private readonly AvatarHostOptions _options;
    private readonly InferenceEngine _engine;
    private readonly RtcEndpoint _endpoint;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly InferenceWorkers _workers;
    private readonly PacingThread _pacing;
    private readonly HostMetrics _metrics;
    private readonly ConcurrentDictionary<string, AvatarSession> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<object, Task> _closing = new();
    private readonly Lock _admission = new(); // guards counting against MaxSessions while a session is being made
    private AvatarSession[] _snapshot = [];
    private bool _draining;

    /// <summary>Takes what it works with; nothing runs before <see cref="Start"/>.</summary>
    public AvatarHost(AvatarHostOptions options, InferenceEngine engine, RtcEndpoint endpoint, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _engine = engine;
        _endpoint = endpoint;
        _time = time;
        _logger = loggers.CreateLogger<AvatarHost>();
        _workers = new InferenceWorkers(options.Workers, loggers.CreateLogger<InferenceWorkers>());
        _pacing = new PacingThread(Tick, time);
        _metrics = new HostMetrics(() => Sessions);
        if (options.DefaultAvatar is { } name && !engine.Avatars.Any(avatar => avatar.Name == name))
        {
            throw new UnknownAvatarException(name, engine.Avatars.Select(avatar => avatar.Name));
        }
    }

    /// <summary>What the pack offers.</summary>
    public IReadOnlyList<AvatarInfo> Avatars => _engine.Avatars;

    /// <summary>The sessions that run now.</summary>
    public IReadOnlyCollection<AvatarSession> Sessions => Volatile.Read(ref _snapshot);

    internal int VideoBitrate => _options.VideoBitrate;

    internal PackManifest Pack => _engine.Pack.Manifest;

    /// <summary>Starts the threads that serve all sessions.</summary>
    public void Start()
    {
        _workers.Start();
        _pacing.Start();
    }

    /// <summary>Makes a session for a driver's offer.</summary>
    /// <exception cref="SdpException">The offer cannot be answered; the message says what to change.</exception>
    /// <exception cref="UnknownAvatarException">The pack has no such avatar.</exception>
    /// <exception cref="CapacityException">The server is full or shutting down.</exception>
    public AvatarSession CreateSession(SessionOffer offer, SessionRequest request) => Create(
        request, SessionKind.Call, idleTimeout: null, session => session.Attach(_endpoint.CreatePeer(offer, DriverOptions(request.Codec), session)));

    /// <summary>Makes a session whose voice a program pushes; its face lives at once.</summary>
    /// <param name="request">Avatar, emotion and seed; the codec is each viewer's own.</param>
    /// <param name="motionOnly">No pictures are made.</param>
    /// <param name="idleTimeout">It ends when nobody has used it for this time.</param>
    /// <exception cref="UnknownAvatarException">The pack has no such avatar.</exception>
    /// <exception cref="CapacityException">The server is full or shutting down.</exception>
    public AvatarSession CreateSession(SessionRequest request, bool motionOnly, TimeSpan idleTimeout) => Create(
        request, motionOnly ? SessionKind.Motion : SessionKind.Pushed, idleTimeout, session => session.Start());

    /// <summary>Lets a peer watch and hear a session.</summary>
    /// <exception cref="SdpException">The offer cannot be answered.</exception>
    /// <exception cref="CapacityException">The session has as many viewers as it may.</exception>
    /// <exception cref="NoPictureException">The session makes none.</exception>
    public Viewer CreateViewer(AvatarSession session, SessionOffer offer)
    {
        if (session.Kind == SessionKind.Motion)
        {
            throw new NoPictureException();
        }

        if (session.Viewers.Count >= _options.MaxViewersPerSession)
        {
            throw new CapacityException($"This session already has {_options.MaxViewersPerSession} viewers.", TimeSpan.FromSeconds(30));
        }

        var viewer = new Viewer(NewId(), session);
        viewer.Peer = _endpoint.CreatePeer(offer, ViewerOptions(session.Driver?.Session.VideoCodec), viewer);
        session.Add(viewer);
        return viewer;
    }

    /// <summary>Finds a session.</summary>
    public AvatarSession? FindSession(string id) => _sessions.GetValueOrDefault(id);

    /// <summary>Refuses new sessions from now on; those that run go on.</summary>
    public void Drain() => Volatile.Write(ref _draining, true);

    /// <summary>Ends all sessions and stops the threads.</summary>
    public async ValueTask DisposeAsync()
    {
        Drain();
        await Task.WhenAll(Sessions.Select(session => session.CloseAsync(SessionEndReason.ServerShutdown))).ConfigureAwait(false);
        await Task.WhenAll(_closing.Values).ConfigureAwait(false);
        _pacing.Dispose();
        _workers.Dispose();
        _metrics.Dispose();
    }

    internal IVideoEncoder CreateEncoder(VideoCodec codec)
    {
        var options = new VideoEncoderOptions
        {
            Width = Pack.Video.Width,
            Height = Pack.Video.Height,
            FrameRate = Pack.Video.FrameRate,
            Bitrate = _options.VideoBitrate,
            TemporalLayers = 2,
        };
        return codec == VideoCodec.H264 ? new H264Encoder(options) : new Vp8Encoder(options);
    }

    internal void Forget(AvatarSession session)
    {
        if (_sessions.TryRemove(session.Id, out _))
        {
            Publish();
            _metrics.Add(session.Counters);
        }
    }

    /// <summary>Keeps a task that ends something until it has, and logs if it fails.</summary>
    internal void Track(Task task)
    {
        var key = new object();
        _closing[key] = Task.CompletedTask;
        _closing.TryUpdate(key, KeepAsync(), Task.CompletedTask);

        async Task KeepAsync()
        {
            try
            {
                await task.ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.CloseFailed(_logger, e);
            }
            finally
            {
                _closing.TryRemove(key, out _);
            }
        }
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    // The driver sees every frame the moment it comes and does not hear itself.
    private PeerOptions DriverOptions(VideoCodec? codec) => new()
    {
        ReceiveAudio = true,
        VideoCodecs = Best(codec),
        TemporalLayers = true,
        VideoBitrate = _options.VideoBitrate,
    };

    // A viewer's browser may hold pictures a little, to keep them in step with the voice.
    private PeerOptions ViewerOptions(VideoCodec? codec) => new()
    {
        SendAudio = true,
        VideoCodecs = Best(codec),
        TemporalLayers = true,
        VideoBitrate = _options.VideoBitrate,
        PlayoutDelay = new PlayoutDelay(TimeSpan.Zero, ViewerMaxPlayoutDelay),
    };

    private VideoCodec[] Best(VideoCodec? first) =>
        [.. Enum.GetValues<VideoCodec>().OrderByDescending(codec => codec == (first ?? _options.PreferredCodec))];

    private AvatarSession Create(SessionRequest request, SessionKind kind, TimeSpan? idleTimeout, Action<AvatarSession> begin)
    {
        var avatar = request.Avatar ?? _options.DefaultAvatar ?? Avatars[0].Name;
        if (!Avatars.Any(known => known.Name == avatar))
        {
            throw new UnknownAvatarException(avatar, Avatars.Select(known => known.Name));
        }

        lock (_admission)
        {
            Admit(kind);
            var seed = request.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
            var setup = new SessionSetup(kind, request.AutomaticEmotion ?? _options.AutomaticEmotion, idleTimeout);
            var session = new AvatarSession(NewId(), this, CreateStream(avatar, seed), setup, _workers, _time, _logger);
            try
            {
                begin(session);
            }
            catch
            {
                Track(session.CloseAsync(SessionEndReason.LocalClose));
                throw;
            }

            _sessions[session.Id] = session;
            Publish();
            return session;
        }
    }

    private AvatarStream CreateStream(string avatar, int seed)
    {
        try
        {
            return _engine.CreateStream(avatar, seed);
        }
        catch (KeyNotFoundException)
        {
            throw new UnknownAvatarException(avatar, Avatars.Select(known => known.Name)); // taken away this very moment
        }
    }

    private void Admit(SessionKind kind)
    {
        if (Volatile.Read(ref _draining))
        {
            throw new CapacityException("The server is shutting down.", TimeSpan.FromSeconds(10));
        }

        var motionOnly = kind == SessionKind.Motion;
        var running = _sessions.Values.Count(session => session.Kind == SessionKind.Motion == motionOnly);
        if (running >= (motionOnly ? _options.MaxMotionSessions : _options.MaxSessions))
        {
            throw new CapacityException(
                motionOnly
                    ? $"This server carries {running} session(s) of motion at a time and is full. Try again later, or raise --max-motion-sessions."
                    : $"This server carries {running} call(s) at a time and is full. Try again later, or raise --max-sessions.",
                TimeSpan.FromSeconds(15));
        }
    }

    // The pacing thread walks an array that is never changed, so it needs no lock and no enumerator.
    private void Publish() => Volatile.Write(ref _snapshot, [.. _sessions.Values]);

    private TimeSpan? Tick(TimeSpan now)
    {
        TimeSpan? first = null;
        foreach (var session in Volatile.Read(ref _snapshot))
        {
            try
            {
                var due = session.Tick(now);
                first = first is null || due < first ? due ?? first : first;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.PacingFailed(_logger, e, session.Id);
                Track(session.CloseAsync(SessionEndReason.MediaFailed));
            }
        }

        return first;
    }
}
