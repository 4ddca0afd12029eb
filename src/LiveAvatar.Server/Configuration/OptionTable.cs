using LiveAvatar.Inference;
using LiveAvatar.Media.Video;
using LiveAvatar.Server.Access;

namespace LiveAvatar.Server.Configuration;

/// <summary>All options there are. Command line, environment and appsettings.json are read from this one table.</summary>
internal static class OptionTable
{
    /// <summary>In the order of the help text.</summary>
    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        new("listen", "ADDRESSES", "Addresses the web server listens on, comma-separated; 0.0.0.0 opens it to the network [localhost]",
            (o, v) => o with { Listen = OptionText.Addresses(v) }),
        new("http-port", "PORT", "TCP port of page, signalling, health and metrics; 0 takes a free one [8080]",
            (o, v) => o with { HttpPort = OptionText.Integer(v, 0, 65535) }),
        new("grpc-port", "PORT", "TCP port of gRPC without TLS; 0 takes a free one; not opened with a certificate, then http-port serves gRPC [http-port + 1]",
            (o, v) => o with { GrpcPort = OptionText.Integer(v, 0, 65535) }),
        new("allow-origins", "ORIGINS", "Other sites whose pages may call, comma-separated, such as https://example.org; * allows all [none]",
            (o, v) => o with { AllowOrigins = OptionText.Origins(v) }),
        new("api-keys", "FILE", "Keys that callers and viewers must send: a JSON list; './liveavatar key' makes it [none: open to this machine]",
            (o, v) => o with { ApiKeys = ApiKeyReader.File(v) }, ReadList: (o, list) => o with { ApiKeys = ApiKeyReader.List(list) }),
        new("open-access", "BOOL", "Lets anybody who reaches the server in, where listen opens it to the network and there are no keys [false]",
            (o, v) => o with { OpenAccess = OptionText.Switch(v) }, ValueIsOptional: true),
        new("media-port", "PORT", "UDP port of all media; 0 takes a free one [8189]",
            (o, v) => o with { MediaPort = OptionText.Integer(v, 0, 65535) }),
        new("media-listen", "ADDRESSES", "Addresses media is received on [every address of this machine]",
            (o, v) => o with { MediaListen = OptionText.Addresses(v) }),
        new("advertise", "ADDRESSES", "Addresses told to browsers, such as the public one of a NAT [those media is received on]",
            (o, v) => o with { Advertise = OptionText.Addresses(v) }),
        new("tls-certificate", "FILE", "Certificate, PEM or PFX; the HTTP port then speaks TLS",
            (o, v) => o with { TlsCertificate = OptionText.ExistingFile(v) }),
        new("tls-key", "FILE", "Private key of a PEM certificate",
            (o, v) => o with { TlsKey = OptionText.ExistingFile(v) }),
        new("tls-password", "TEXT", "Password of the PFX file or the PEM key; better set in the environment",
            (o, v) => o with { TlsPassword = v }),
        new("dev-cert", "NAMES", "Makes, keeps and uses a self-signed certificate for these host names [this machine's names]",
            (o, v) => o with { DevCert = v == "false" ? null : OptionText.HostNames(v) }, ValueIsOptional: true),
        new("pack", "FOLDER", "Folder of the model pack [models/presenter]",
            (o, v) => o with { Pack = OptionText.ExistingFolder(v) }),
        new("avatar", "NAME", "Avatar of calls that name none [the pack's first]",
            (o, v) => o with { Avatar = v }),
        new("auto-emotion", "AMOUNT", "How much of the emotion heard in the voice the face shows, 0 to 1, where the caller does not say [0.5]",
            (o, v) => o with { AutomaticEmotion = OptionText.Share(v) }),
        new("max-sessions", "COUNT", "Calls at the same time; more are refused [one per core, at least 2]",
            (o, v) => o with { MaxSessions = OptionText.Integer(v, 1, 10_000) }),
        new("max-motion-sessions", "COUNT", "Sessions of motion alone at the same time, besides the calls [10 per core, at least 20]",
            (o, v) => o with { MaxMotionSessions = OptionText.Integer(v, 0, 100_000) }),
        new("max-viewers", "COUNT", "Viewers of one call [50]",
            (o, v) => o with { MaxViewers = OptionText.Integer(v, 0, 100_000) }),
        new("provider", "NAME", "auto, cpu, cuda or tensorrt [auto: the best that works]",
            (o, v) => o with { Provider = OptionText.OneOf<ProviderPreference>(v) }),
        new("precision", "NAME", "auto, int8 or fp32: what the models calculate with on a CPU [auto: int8 where the CPU is made for it]",
            (o, v) => o with { Precision = OptionText.OneOf<PrecisionPreference>(v) }),
        new("engine-cache", "FOLDER", "Where TensorRT keeps the engines it builds [the user's cache folder]",
            (o, v) => o with { EngineCache = Path.GetFullPath(v) }),
        new("workers", "COUNT", "Inference threads [one per core]",
            (o, v) => o with { Workers = OptionText.Integer(v, 1, 1024) }),
        new("video-codec", "NAME", "vp8 or h264, where the caller leaves the choice [vp8]",
            (o, v) => o with { VideoCodec = OptionText.OneOf<VideoCodec>(v) }),
        new("video-kbps", "KBPS", "Video bit rate in kilobits per second [1200]",
            (o, v) => o with { VideoKbps = OptionText.Integer(v, 100, 20_000) }),
        new("recordings", "FOLDER", "Where recordings are written [the user's data folder]",
            (o, v) => o with { Recordings = Path.GetFullPath(v) }),
        new("drain-time", "SECONDS", "How long calls may go on after the first SIGTERM [0: they are ended at once]",
            (o, v) => o with { DrainTime = TimeSpan.FromSeconds(OptionText.Integer(v, 0, 86_400)) }),
        new("log-format", "NAME", "simple or json [simple]",
            (o, v) => o with { LogFormat = OptionText.OneOf<LogFormat>(v) }),
        new("log-level", "NAME", "trace, debug, information, warning or error [information]",
            (o, v) => o with { LogLevel = OptionText.OneOf<LogLevel>(v) }),
        new("test-link", "S,L,D,J", "For measurements only: a bad network both ways: seed, loss %, delay ms, jitter ms",
            (o, v) => o with { TestLink = OptionText.Link(v) }),
    ];
}
