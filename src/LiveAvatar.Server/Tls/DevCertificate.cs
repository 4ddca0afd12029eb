using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LiveAvatar.Server.Hosting;

namespace LiveAvatar.Server.Tls;

/// <summary>A self-signed certificate for trying things from another machine, kept so that browsers need to be told once.</summary>
internal static class DevCertificate
{
    private const string FileName = "dev-certificate.pfx";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan Renewal = TimeSpan.FromDays(14);

    /// <summary>The kept certificate if it fits, or a new one.</summary>
    /// <param name="folder">Where it is kept; made if missing.</param>
    /// <param name="names">Host names and addresses it must be valid for; localhost always is.</param>
    /// <param name="now">The time.</param>
    public static X509Certificate2 Get(string folder, IReadOnlyCollection<string> names, DateTimeOffset now)
    {
        string[] all = [.. names.Append("localhost").Append("127.0.0.1").Append("::1").Distinct(StringComparer.OrdinalIgnoreCase)];
        var path = Path.Combine(folder, FileName);
        if (TryLoad(path) is { } kept)
        {
            if (all.All(name => kept.MatchesHostname(name, allowWildcards: false, allowCommonName: false)) && kept.NotAfter - now > Renewal)
            {
                return kept;
            }

            kept.Dispose();
        }

        return Make(folder, path, all, now);
    }

    /// <summary>The SHA-256 fingerprint as browsers show it.</summary>
    public static string Fingerprint(X509Certificate2 certificate) =>
        string.Join(':', SHA256.HashData(certificate.RawData).Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));

    private static X509Certificate2? TryLoad(string path)
    {
        try
        {
            return File.Exists(path) ? X509CertificateLoader.LoadPkcs12FromFile(path, null) : null;
        }
        catch (CryptographicException)
        {
            return null; // damaged: a new one replaces it
        }
    }

    private static X509Certificate2 Make(string folder, string path, string[] names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=LiveAvatar development", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false)); // server authentication
        using var made = request.CreateSelfSigned(now.AddDays(-1), now + Lifetime);
        var bytes = made.Export(X509ContentType.Pfx);
        try
        {
            Directory.CreateDirectory(folder);
            using var file = new FileStream(path, Options());
            file.Write(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The development certificate cannot be kept in '{folder}': {e.Message}", e);
        }

        return X509CertificateLoader.LoadPkcs12(bytes, null);
    }

    // The file holds a private key: readable by its owner only.
    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
