using System.Runtime.InteropServices;
using LiveAvatar.Rtc.Srtp;

namespace LiveAvatar.Rtc.Dtls;

/// <summary>What all DTLS connections of the process share: the certificate, the versions and the cipher suites.</summary>
/// <remarks>Immutable after construction; connections on any thread may be made from it.</remarks>
internal sealed unsafe class DtlsContext : IDisposable
{
    // Forward secret AEAD suites only. Our certificate is ECDSA; as DTLS client we also meet servers with RSA ones.
    private const string CipherSuites =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

    /// <exception cref="InvalidOperationException">OpenSSL refused one of the settings; the message says which and why.</exception>
    public DtlsContext(DtlsCertificate certificate, string? srtpProfiles = null)
    {
        Certificate = certificate;
        OpenSsl.ERR_clear_error();
        Handle = OpenSsl.SSL_CTX_new(OpenSsl.DTLS_method());
        Require(!Handle.IsInvalid, "SSL_CTX_new");
        Require(OpenSsl.SSL_CTX_ctrl(Handle, OpenSsl.CtrlSetMinVersion, OpenSsl.Dtls12, null) == 1, "minimum version DTLS 1.2");
        Require(OpenSsl.SSL_CTX_set_cipher_list(Handle, CipherSuites) == 1, "cipher suites");
        fixed (byte* groups = "X25519:P-256:P-384\0"u8)
        {
            Require(OpenSsl.SSL_CTX_ctrl(Handle, OpenSsl.CtrlSetGroupsList, 0, groups) == 1, "key exchange groups");
        }

        Require(OpenSsl.SSL_CTX_set_tlsext_use_srtp(Handle, srtpProfiles ?? SrtpProfiles.OpenSslNames) == 0, "SRTP profiles");
        OpenSsl.SSL_CTX_ctrl(Handle, OpenSsl.CtrlSessionCacheMode, 0, null); // sessions are never resumed
        OpenSsl.SSL_CTX_set_options(
            Handle,
            OpenSsl.OptionNoQueryMtu | OpenSsl.OptionNoTicket | OpenSsl.OptionNoCompression | OpenSsl.OptionNoRenegotiation);
        UseCertificate(certificate);

        // The certificates are self-signed: any is taken here and compared with the signalled fingerprint after the handshake.
        OpenSsl.SSL_CTX_set_verify(Handle, OpenSsl.VerifyPeer | OpenSsl.VerifyFailIfNoCertificate, &AcceptAnyCertificate);
    }

    public DtlsCertificate Certificate { get; }

    public SslContextHandle Handle { get; }

    public void Dispose() => Handle.Dispose();

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"OpenSSL refuses {what}: {OpenSsl.TakeErrors()}");
        }
    }

    [UnmanagedCallersOnly]
    private static int AcceptAnyCertificate(int preverified, nint store) => 1;

    private void UseCertificate(DtlsCertificate certificate)
    {
        fixed (byte* der = certificate.Certificate)
        {
            Require(OpenSsl.SSL_CTX_use_certificate_ASN1(Handle, certificate.Certificate.Length, der) == 1, "the certificate");
        }

        fixed (byte* der = certificate.PrivateKey)
        {
            var cursor = der;
            var key = OpenSsl.d2i_AutoPrivateKey(0, &cursor, certificate.PrivateKey.Length);
            Require(key != 0, "the private key's form");
            var used = OpenSsl.SSL_CTX_use_PrivateKey(Handle, key);
            OpenSsl.EVP_PKEY_free(key); // the context holds its own reference
            Require(used == 1 && OpenSsl.SSL_CTX_check_private_key(Handle) == 1, "the private key");
        }
    }
}
