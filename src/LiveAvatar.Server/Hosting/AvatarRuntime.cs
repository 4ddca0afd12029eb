using LiveAvatar.Inference;
using LiveAvatar.Pipeline;
using LiveAvatar.Rtc;
using LiveAvatar.Server.Avatars;
using LiveAvatar.Server.Configuration;

namespace LiveAvatar.Server.Hosting;

/// <summary>What the runtime can do for a caller now.</summary>
internal enum RuntimeState
{
    /// <summary>Models are being loaded and warmed; calls are told to come back.</summary>
    Loading,

    /// <summary>Calls are taken.</summary>
    Ready,

    /// <summary>The process is about to end; no new calls.</summary>
    Draining,
}

/// <summary>Owns engine, endpoint and host: everything below HTTP, from loading to the end.</summary>
internal sealed class AvatarRuntime(ServerOptions options, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private InferenceEngine? _engine;
    private RtcEndpoint? _endpoint;
    private AvatarHost? _host;
    private int _state = (int)RuntimeState.Loading;

    /// <summary>Whether calls are taken.</summary>
    public RuntimeState State => (RuntimeState)Volatile.Read(ref _state);

    /// <summary>The sessions; null until the models are warm.</summary>
    public AvatarHost? Host => State == RuntimeState.Loading ? null : _host;

    /// <summary>The engine; null until the models are loaded.</summary>
    public InferenceEngine? Engine => Volatile.Read(ref _engine);

    /// <summary>Avatars that were uploaded.</summary>
    public AvatarStore AvatarStore { get; } = new(options, loggers.CreateLogger<AvatarStore>());

    /// <summary>What runs the models, in a few words for the ready line; empty while loading.</summary>
    public string Summary => _engine is { } engine
        ? $"{ProviderName(engine.ProviderReport.Rung)}, {engine.PrecisionReport.Name}: {engine.PrecisionReport.Reason}; models {engine.Pack.Manifest.Name} {engine.Pack.Manifest.Version}"
        : "";

    /// <summary>How much emotion follows the voice in calls that do not say; null where the pack hears none.</summary>
    public float? AutomaticEmotion => Engine?.Pack.Manifest.SpeakerState.Count > 0 ? options.AutomaticEmotion : null;

    /// <summary>Loads and warms everything, on the calling thread.</summary>
    /// <exception cref="StartupException">Something is missing; the message says what to do.</exception>
    public void Load()
    {
        ModelLoader.VerifyLibraries();
        OpenEndpoint();
        Volatile.Write(ref _engine, ModelLoader.LoadEngine(options, loggers.CreateLogger<InferenceEngine>()));
        AvatarStore.Load(_engine!);
        _engine!.WarmUp();
        try
        {
            _host = new AvatarHost(HostOptions(), _engine, _endpoint!, time, loggers);
        }
        catch (Pipeline.UnknownAvatarException e)
        {
            throw new StartupException(e.Message, e);
        }

        _host.Start();
        // What loading left behind, the graphs' files above all, goes now: in a call the collector would stop to do it.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        // A signal that came while loading has the last word.
        Interlocked.CompareExchange(ref _state, (int)RuntimeState.Ready, (int)RuntimeState.Loading);
    }

    /// <summary>Refuses new calls; those that run go on.</summary>
    public void Drain()
    {
        Volatile.Write(ref _state, (int)RuntimeState.Draining);
        _host?.Drain();
    }

    /// <summary>Ends all calls and gives everything back.</summary>
    public async ValueTask DisposeAsync()
    {
        Drain();
        if (_host is not null)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }

        if (_endpoint is not null)
        {
            await _endpoint.DisposeAsync().ConfigureAwait(false);
        }

        _engine?.Dispose();
    }

    private static string ProviderName(ProviderRung rung) => rung == ProviderRung.Cpu ? "CPU" : rung == ProviderRung.Cuda ? "CUDA" : "TensorRT";

    private void OpenEndpoint()
    {
        try
        {
            _endpoint = new RtcEndpoint(RtcOptions(), time, loggers);
            _endpoint.Start();
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new StartupException($"UDP port {options.MediaPort} cannot be used: {e.Message}. Choose another with --media-port.", e);
        }
        catch (Exception e) when (e is InvalidOperationException or DllNotFoundException)
        {
            throw new StartupException($"Encryption is not available: {e.Message} Debian has it in libssl3 and libsrtp2-1.", e);
        }
    }

    private RtcOptions RtcOptions() => new()
    {
        // Admission is the host's; the endpoint must not refuse what the host let in.
        MaxSessions = (int)Math.Min(int.MaxValue, (options.MaxSessions ?? new AvatarHostOptions().MaxSessions) * (1L + options.MaxViewers)),
        Port = options.MediaPort,
        BindAddresses = options.MediaListen,
        AdvertisedAddresses = options.Advertise,
        Impairment = options.TestLink is { } link
            ? new LinkImpairment { Seed = link.Seed, Loss = link.LossPercent / 100, Delay = link.Delay, Jitter = link.Jitter }
            : null,
    };

    private AvatarHostOptions HostOptions()
    {
        var defaults = new AvatarHostOptions();
        return defaults with
        {
            DefaultAvatar = options.Avatar,
            AutomaticEmotion = options.AutomaticEmotion,
            MaxSessions = options.MaxSessions ?? defaults.MaxSessions,
            MaxMotionSessions = options.MaxMotionSessions ?? defaults.MaxMotionSessions,
            MaxViewersPerSession = options.MaxViewers,
            Workers = options.Workers ?? defaults.Workers,
            PreferredCodec = options.VideoCodec,
            VideoBitrate = options.VideoKbps * 1000,
        };
    }
}
