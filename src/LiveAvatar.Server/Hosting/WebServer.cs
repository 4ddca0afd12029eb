using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using LiveAvatar.Server.Configuration;
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
    private readonly WebApplication _application;
    private readonly MetricsCollector _collector;
    private readonly ServerMetrics _metrics;
    private readonly X509Certificate2? _certificate;

    private WebServer(
        WebApplication application, MetricsCollector collector, ServerMetrics metrics, X509Certificate2? certificate, ServerOptions options)
    {
        (_application, _collector, _metrics, _certificate) = (application, collector, metrics, certificate);
        Url = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(Friendly).OrderBy(a => a.Contains("localhost", StringComparison.Ordinal) ? 0 : 1).First();
        NetworkUrls = OpenUrls(options, Url);
    }

    /// <summary>Where a browser on this machine finds the page.</summary>
    public string Url { get; }

    /// <summary>Where browsers on other machines find it; empty when it listens on this machine alone.</summary>
    public IReadOnlyList<string> NetworkUrls { get; }

    /// <summary>The development certificate's fingerprint; null without one.</summary>
    public string? DevCertificateFingerprint { get; private init; }

    /// <summary>Binds the port and starts serving.</summary>
    /// <exception cref="StartupException">The port or the certificate cannot be used.</exception>
    public static async Task<WebServer> StartAsync(ServerOptions options, AvatarRuntime runtime, TimeProvider time, ILoggerFactory loggers)
    {
        var certificate = ServerCertificate.Load(options, time);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear(); // options come from OptionLoader alone
        builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, OwnLifetime>());
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options, certificate));
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var collector = new MetricsCollector();
        var metrics = new ServerMetrics(runtime, time);
        var application = builder.Build();
        Routes.Map(application, runtime, collector, metrics, loggers.CreateLogger("LiveAvatar.Http"));
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new StartupException($"TCP port {options.HttpPort} cannot be used: {e.Message} Choose another with --http-port.", e);
        }

        return new WebServer(application, collector, metrics, certificate, options)
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

    private static void Configure(KestrelServerOptions kestrel, ServerOptions options, X509Certificate2? certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 1 << 20; // bodies have tighter limits of their own
        kestrel.Limits.MaxConcurrentConnections = 4096;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        var addresses = options.Listen.Count > 0 ? options.Listen : LocalOnly(options.HttpPort);
        foreach (var address in addresses)
        {
            kestrel.Listen(address, options.HttpPort, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        }
    }

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
