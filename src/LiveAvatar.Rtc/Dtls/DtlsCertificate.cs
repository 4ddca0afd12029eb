using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LiveAvatar.Rtc.Dtls;

/// <summary>The process's self-signed DTLS certificate, made at start and never stored (RFC 8827 section 6.5).</summary>
/// <remarks>P-256, which every browser takes. Peers trust it by its fingerprint in the answer, not by a name or a date.</remarks>
internal sealed class DtlsCertificate
{
    private static readonly TimeSpan Backdated = TimeSpan.FromDays(1); // a peer's clock may be behind
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3650);

    private DtlsCertificate(byte[] certificate, byte[] privateKey)
    {
        Certificate = certificate;
        PrivateKey = privateKey;
        Fingerprint = "sha-256 " + string.Join(':', SHA256.HashData(certificate).Select(octet => octet.ToString("X2", CultureInfo.InvariantCulture)));
    }

    /// <summary>The certificate in DER.</summary>
    public byte[] Certificate { get; }

    /// <summary>The key as PKCS #8.</summary>
    public byte[] PrivateKey { get; }

    /// <summary>"sha-256 AB:CD:…", the value of a=fingerprint (RFC 8122).</summary>
    public string Fingerprint { get; }

    public static DtlsCertificate Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=LiveAvatar", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(now - Backdated, now + Validity);
        return new DtlsCertificate(certificate.RawData, key.ExportPkcs8PrivateKey());
    }
}
