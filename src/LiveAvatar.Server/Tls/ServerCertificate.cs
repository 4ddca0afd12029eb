using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LiveAvatar.Server.Configuration;
using LiveAvatar.Server.Hosting;

namespace LiveAvatar.Server.Tls;

/// <summary>The certificate the HTTP port presents.</summary>
internal static class ServerCertificate
{
    /// <summary>The configured or the development certificate; null when the port speaks plain HTTP.</summary>
    /// <exception cref="StartupException">The files cannot be used.</exception>
    public static X509Certificate2? Load(ServerOptions options, TimeProvider time)
    {
        if (options.DevCert is { } names)
        {
            return DevCertificate.Get(UserFolder.Data, names.Count > 0 ? [.. names] : MachineNames(options), time.GetUtcNow());
        }

        if (options.TlsCertificate is not { } path)
        {
            return null;
        }

        try
        {
            return IsPem(path) ? LoadPem(path, options) : X509CertificateLoader.LoadPkcs12FromFile(path, options.TlsPassword);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The certificate '{path}' cannot be used: {e.Message} A PEM certificate needs its key (--tls-key), a PFX file its password.", e);
        }
    }

    private static bool IsPem(string path) =>
        !path.EndsWith(".pfx", StringComparison.OrdinalIgnoreCase) && !path.EndsWith(".p12", StringComparison.OrdinalIgnoreCase);

    private static X509Certificate2 LoadPem(string path, ServerOptions options) => options.TlsPassword is { } password
        ? X509Certificate2.CreateFromEncryptedPemFile(path, password, options.TlsKey)
        : X509Certificate2.CreateFromPemFile(path, options.TlsKey);

    private static List<string> MachineNames(ServerOptions options)
    {
        var names = new List<string>();
        if (Uri.CheckHostName(Environment.MachineName) == UriHostNameType.Dns)
        {
            names.Add(Environment.MachineName.ToLowerInvariant());
        }

        names.AddRange(options.Listen.Concat(options.Advertise)
            .Where(a => !a.Equals(IPAddress.Any) && !a.Equals(IPAddress.IPv6Any)).Select(a => a.ToString()));
        if (options.Listen.Any(a => a.Equals(IPAddress.Any) || a.Equals(IPAddress.IPv6Any)))
        {
            names.AddRange(NetworkAddresses.Own().Select(a => a.ToString()));
        }

        return names;
    }
}
