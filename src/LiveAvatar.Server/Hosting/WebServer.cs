using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using LiveAvatar.Server.Access;
using LiveAvatar.Server.Configuration;
using LiveAvatar.Server.Rpc;
using LiveAvatar.Server.Signalling;
using LiveAvatar.Server.Telemetry;
using LiveAvatar.Server.Tls;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LiveAvatar.Server.Hosting;

/// <summary>Kestrel with the routes of <see cref="Routes"/>.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    // A gRPC client whose machine has gone is noticed by its silence, and its streams end.
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(30);

    // One connection of a gateway carries the streams of all its users.
    private const int StreamsPerConnection = 1000;

    private readonly WebApplication _application;
    private readonly MetricsCollector _collector;
    private readonly ServerMetrics _metrics;
    private readonly X509Certificate2? _certificate;

    private WebServer(
        WebApplication application, MetricsCollector collector, ServerMetrics metrics, X509Certificate2? certificate, ServerOptions options, ListenOptions? grpc)
    {
        (_application, _collector, _metrics, _certificate) = (application, collector, metrics, certificate);
        var grpcPort = grpc?.IPEndPoint?.Port;
        Url = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(Friendly).Where(a => new Uri(a).Port != grpcPort).OrderBy(a => a.Contains("localhost", StringComparison.Ordinal) ? 0 : 1).First();
        NetworkUrls = OpenUrls(options, Url);
        GrpcUrl = grpcPort is { } port ? new UriBuilder("http", new Uri(Url).Host, port).Uri.GetLeftPart(UriPartial.Authority) : Url;
    }

    /// <summary>Where a browser on this machine finds the page.</summary>
    public string Url { get; }

    /// <summary>Where gRPC clients on this machine connect; with TLS the same as <see cref="Url"/>.</summary>
    public string GrpcUrl { get; }

    /// <summary>Where browsers on other machines find it; empty when it listens on this machine alone.</summary>
    public IReadOnlyList<string> NetworkUrls { get; }

    /// <summary>The development certificate's fingerprint; null without one.</summary>
    public string? DevCertificateFingerprint { get; private init; }

    /// <summary>Binds the ports and starts serving.</summary>
    /// <param name="options">Ports, addresses and certificate.</param>
    /// <param name="runtime">What the routes serve.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="more">More to serve behind the same settings; null adds nothing.</param>
    /// <exception cref="StartupException">A port or the certificate cannot be used.</exception>
    public static async Task<WebServer> StartAsync(
        ServerOptions options, AvatarRuntime runtime, TimeProvider time, ILoggerFactory loggers, Action<WebApplication>? more = null)
    {
        var certificate = ServerCertificate.Load(options, time);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear(); // options come from OptionLoader alone
        builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, OwnLifetime>());
        var grpc = new List<ListenOptions>();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options, certificate, grpc));
        var tokens = new ResourceTokens();
        AccessHosting.Add(builder.Services, options);
        RpcHosting.Add(builder.Services, options, runtime, tokens, time);
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var collector = new MetricsCollector();
        var metrics = new ServerMetrics(runtime, time);
        var application = builder.Build();
        Routes.Map(application, runtime, tokens, collector, metrics, loggers.CreateLogger("LiveAvatar.Http"));
        more?.Invoke(application);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            var (port, option) = e.Message.Contains($":{GrpcPort(options)}:", StringComparison.Ordinal) ? (GrpcPort(options), "--grpc-port") : (options.HttpPort, "--http-port");
            throw new StartupException($"TCP port {port} cannot be used: {e.Message} Choose another with {option}.", e);
        }

        return new WebServer(application, collector, metrics, certificate, options, grpc.FirstOrDefault())
        {
            DevCertificateFingerprint = options.DevCert is not null ? DevCertificate.Fingerprint(certificate!) : null,
        };
    }

    /// <summary>Stops serving; requests that run get a moment to finish.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopTimeout);
        await _application.StopAsync(limit.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
        _collector.Dispose();
        _certificate?.Dispose();
    }

    private static IReadOnlyList<string> OpenUrls(ServerOptions options, string url)
    {
        var any = options.Listen.Any(a => a.Equals(IPAddress.Any) || a.Equals(IPAddress.IPv6Any));
        var local = new Uri(url);
        return any ? [.. NetworkAddresses.Own().Select(a => new UriBuilder(local.Scheme, a.ToString(), local.Port).Uri.GetLeftPart(UriPartial.Authority))] : [];
    }

    private static void Configure(KestrelServerOptions kestrel, ServerOptions options, X509Certificate2? certificate, List<ListenOptions> grpc)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 1 << 20; // bodies have tighter limits of their own
        kestrel.Limits.MaxConcurrentConnections = 4096;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
        kestrel.Limits.Http2.KeepAlivePingDelay = PingAfter;
        foreach (var address in Addresses(options, options.HttpPort))
        {
            kestrel.Listen(address, options.HttpPort, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        }

        if (certificate is not null)
        {
            return; // TLS lets client and server agree on HTTP/2, so one port serves all
        }

        foreach (var address in Addresses(options, GrpcPort(options)))
        {
            kestrel.Listen(address, GrpcPort(options), listen =>
            {
                listen.Protocols = HttpProtocols.Http2; // without TLS nothing but the port says which HTTP is meant
                grpc.Add(listen);
            });
        }
    }

    private static int GrpcPort(ServerOptions options) =>
        options.GrpcPort ?? (options.HttpPort is 0 or IPEndPoint.MaxPort ? 0 : options.HttpPort + 1);

    private static IReadOnlyList<IPAddress> Addresses(ServerOptions options, int port) => options.Listen.Count > 0 ? options.Listen : LocalOnly(port);

    // Two sockets cannot be given the same free port at once, so a free port is taken for IPv4 alone.
    private static List<IPAddress> LocalOnly(int port) =>
        port != 0 && Socket.OSSupportsIPv6 && HasIPv6Loopback() ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];

    private static bool HasIPv6Loopback()
    {
        try
        {
            using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false; // containers often have none
        }
    }

    private static string Friendly(string address)
    {
        var uri = new Uri(address.Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal));
        var local = uri.IsLoopback || uri.Host is "0.0.0.0" or "[::]";
        return local ? $"{uri.Scheme}://localhost:{uri.Port}" : $"{uri.Scheme}://{uri.Authority}";
    }

    /// <summary>Leaves signals to <see cref="ServerRun"/>.</summary>
    private sealed class OwnLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
