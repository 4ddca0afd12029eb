using System.Net;
using LiveAvatar.Inference;
using LiveAvatar.Media.Video;
using LiveAvatar.Pipeline;
using LiveAvatar.Server.Access;

namespace LiveAvatar.Server.Configuration;

/// <summary>Every option of the server, checked. docs/configuration.md describes each; <see cref="OptionTable"/> reads them.</summary>
internal sealed record ServerOptions
{
    /// <summary>Addresses the web server listens on; empty means this machine only (localhost).</summary>
    public IReadOnlyList<IPAddress> Listen { get; init; } = [];

    /// <summary>TCP port of page, signalling, health and metrics; 0 takes a free one.</summary>
    public int HttpPort { get; init; } = 8080;

    /// <summary>TCP port of gRPC without TLS; 0 takes a free one, null the one after <see cref="HttpPort"/>.</summary>
    public int? GrpcPort { get; init; }

    /// <summary>Origins besides our own whose pages may call; "*" is every one.</summary>
    public IReadOnlyList<string> AllowOrigins { get; init; } = [];

    /// <summary>Keys that requests must bring; empty asks for none.</summary>
    public IReadOnlyList<ApiKey> ApiKeys { get; init; } = [];

    /// <summary>Whether the server may listen beyond this machine without keys.</summary>
    public bool OpenAccess { get; init; }

    /// <summary>UDP port of all media; 0 takes a free one.</summary>
    public int MediaPort { get; init; } = 8189;

    /// <summary>Addresses media is received on; empty means every address of the machine.</summary>
    public IReadOnlyList<IPAddress> MediaListen { get; init; } = [];

    /// <summary>Addresses told to browsers instead of the machine's own, such as a public one in front of a NAT.</summary>
    public IReadOnlyList<IPAddress> Advertise { get; init; } = [];

    /// <summary>Certificate file, PEM or PFX; set, the HTTP port speaks TLS.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>Private key file of a PEM certificate.</summary>
    public string? TlsKey { get; init; }

    /// <summary>Password of the PFX file or of the PEM key.</summary>
    public string? TlsPassword { get; init; }

    /// <summary>Host names of a self-signed certificate that is made and kept; null means none.</summary>
    public IReadOnlyList<string>? DevCert { get; init; }

    /// <summary>Folder of the model pack; null means models/presenter beside or above the program.</summary>
    public string? Pack { get; init; }

    /// <summary>Avatar of calls that name none; null means the pack's first.</summary>
    public string? Avatar { get; init; }

    /// <summary>How much of the emotion heard in the voice the face shows, 0 to 1, in calls that do not say.</summary>
    public float AutomaticEmotion { get; init; } = new AvatarHostOptions().AutomaticEmotion;

    /// <summary>Calls at the same time; null means one per core, at least two.</summary>
    public int? MaxSessions { get; init; }

    /// <summary>Sessions of motion alone at the same time; null means ten per core, at least 20.</summary>
    public int? MaxMotionSessions { get; init; }

    /// <summary>Viewers of one call.</summary>
    public int MaxViewers { get; init; } = 50;

    /// <summary>Where the ladder of inference providers begins.</summary>
    public ProviderPreference Provider { get; init; } = ProviderPreference.Auto;

    /// <summary>What the models calculate with on a CPU.</summary>
    public PrecisionPreference Precision { get; init; } = PrecisionPreference.Auto;

    /// <summary>Folder where TensorRT keeps its engines; null means a folder of the user.</summary>
    public string? EngineCache { get; init; }

    /// <summary>Inference threads; null means one per core.</summary>
    public int? Workers { get; init; }

    /// <summary>Video codec where the caller leaves the choice.</summary>
    public VideoCodec VideoCodec { get; init; } = VideoCodec.Vp8;

    /// <summary>Video bit rate in kilobits per second.</summary>
    public int VideoKbps { get; init; } = 1200;

    /// <summary>Folder of avatars that were uploaded, made with the first one; null means one in the user's data folder.</summary>
    public string? Avatars { get; init; }

    /// <summary>Folder of recordings, made when the first one begins; null means one in the user's data folder.</summary>
    public string? Recordings { get; init; }

    /// <summary>How long calls may go on after the first SIGTERM before they are ended.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.Zero;

    /// <summary>Log lines as text or as one JSON object each.</summary>
    public LogFormat LogFormat { get; init; } = LogFormat.Simple;

    /// <summary>The least important level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>OpenTelemetry collector; null means none.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>An artificially bad network for measurements, as seed,loss %,delay ms,jitter ms; null in production.</summary>
    public TestLink? TestLink { get; init; }

    /// <summary>True when the HTTP port speaks TLS.</summary>
    public bool UsesTls => TlsCertificate is not null || DevCert is not null;
}

/// <summary>How log lines look.</summary>
internal enum LogFormat
{
    /// <summary>One readable line per entry.</summary>
    Simple,

    /// <summary>One JSON object per entry.</summary>
    Json,
}

/// <summary>An artificially bad network, the same in both directions.</summary>
/// <param name="Seed">Seed of its decisions.</param>
/// <param name="LossPercent">Datagrams lost, 0 to 100.</param>
/// <param name="Delay">Delay of every datagram.</param>
/// <param name="Jitter">Further delay, evenly from zero to this.</param>
internal sealed record TestLink(int Seed, double LossPercent, TimeSpan Delay, TimeSpan Jitter);
