using System.Runtime.InteropServices;

namespace LiveAvatar.Rtc.Dtls;

/// <summary>The part of OpenSSL 3 that DTLS-SRTP needs: the library .NET's own cryptography also loads on Linux.</summary>
/// <remarks>Constants are those of OpenSSL 3.0's public headers; macros there are the numbered control calls here.</remarks>
internal static unsafe class OpenSsl
{
    public const int CtrlSetMtu = 17;              // SSL_CTRL_SET_MTU
    public const int CtrlSessionCacheMode = 44;    // SSL_CTRL_SET_SESS_CACHE_MODE
    public const int CtrlDtlsGetTimeout = 73;      // DTLS_CTRL_GET_TIMEOUT
    public const int CtrlDtlsHandleTimeout = 74;   // DTLS_CTRL_HANDLE_TIMEOUT
    public const int CtrlSetGroupsList = 92;       // SSL_CTRL_SET_GROUPS_LIST
    public const int CtrlSetMinVersion = 123;      // SSL_CTRL_SET_MIN_PROTO_VERSION
    public const int Dtls12 = 0xFEFD;

    public const ulong OptionNoQueryMtu = 1UL << 12;
    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    public const int VerifyPeer = 1;               // SSL_VERIFY_PEER
    public const int VerifyFailIfNoCertificate = 2;

    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorZeroReturn = 6;          // the peer sent close_notify

    public const int BioReset = 1;                 // BIO_CTRL_RESET
    public const int BioPending = 10;              // BIO_CTRL_PENDING
    public const int BioSetMemoryEofReturn = 130;  // BIO_C_SET_BUF_MEM_EOF_RETURN

    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    [DllImport(Ssl)]
    public static extern nint DTLS_method();

    [DllImport(Ssl)]
    public static extern SslContextHandle SSL_CTX_new(nint method);

    [DllImport(Ssl)]
    public static extern void SSL_CTX_free(nint context);

    [DllImport(Ssl)]
    public static extern nint SSL_CTX_ctrl(SslContextHandle context, int command, nint number, byte* pointer);

    [DllImport(Ssl)]
    public static extern ulong SSL_CTX_set_options(SslContextHandle context, ulong options);

    [DllImport(Ssl, CharSet = CharSet.Ansi)]
    public static extern int SSL_CTX_set_cipher_list(SslContextHandle context, string ciphers);

    /// <summary>Returns 0 on success, unlike its neighbours.</summary>
    [DllImport(Ssl, CharSet = CharSet.Ansi)]
    public static extern int SSL_CTX_set_tlsext_use_srtp(SslContextHandle context, string profiles);

    [DllImport(Ssl)]
    public static extern int SSL_CTX_use_certificate_ASN1(SslContextHandle context, int length, byte* der);

    [DllImport(Ssl)]
    public static extern int SSL_CTX_use_PrivateKey(SslContextHandle context, nint key);

    [DllImport(Ssl)]
    public static extern int SSL_CTX_check_private_key(SslContextHandle context);

    [DllImport(Ssl)]
    public static extern void SSL_CTX_set_verify(SslContextHandle context, int mode, delegate* unmanaged<int, nint, int> callback);

    [DllImport(Ssl)]
    public static extern SslHandle SSL_new(SslContextHandle context);

    [DllImport(Ssl)]
    public static extern void SSL_free(nint ssl);

    [DllImport(Ssl)]
    public static extern void SSL_set_accept_state(SslHandle ssl);

    [DllImport(Ssl)]
    public static extern void SSL_set_connect_state(SslHandle ssl);

    /// <summary>The SSL object takes ownership of both BIOs.</summary>
    [DllImport(Ssl)]
    public static extern void SSL_set_bio(SslHandle ssl, nint read, nint write);

    [DllImport(Ssl)]
    public static extern nint SSL_ctrl(SslHandle ssl, int command, nint number, void* pointer);

    [DllImport(Ssl)]
    public static extern void DTLS_set_timer_cb(SslHandle ssl, delegate* unmanaged<nint, uint, uint> callback);

    [DllImport(Ssl)]
    public static extern int SSL_do_handshake(SslHandle ssl);

    [DllImport(Ssl)]
    public static extern int SSL_read(SslHandle ssl, byte* buffer, int length);

    [DllImport(Ssl)]
    public static extern int SSL_shutdown(SslHandle ssl);

    [DllImport(Ssl)]
    public static extern int SSL_get_error(SslHandle ssl, int result);

    [DllImport(Ssl)]
    public static extern nint SSL_get_selected_srtp_profile(SslHandle ssl);

    [DllImport(Ssl)]
    public static extern nint SSL_get_version(SslHandle ssl);

    [DllImport(Ssl)]
    public static extern nint SSL_get_current_cipher(SslHandle ssl);

    [DllImport(Ssl)]
    public static extern nint SSL_CIPHER_get_name(nint cipher);

    [DllImport(Ssl)]
    public static extern nint SSL_get1_peer_certificate(SslHandle ssl);

    [DllImport(Ssl)]
    public static extern int SSL_export_keying_material(
        SslHandle ssl, byte* output, nuint outputLength, byte* label, nuint labelLength, byte* context, nuint contextLength, int useContext);

    /// <summary>0xMNN00PP0: major version in the highest four bits.</summary>
    [DllImport(Crypto)]
    public static extern nuint OpenSSL_version_num();

    [DllImport(Crypto)]
    public static extern nint BIO_s_mem();

    [DllImport(Crypto)]
    public static extern nint BIO_new(nint method);

    [DllImport(Crypto)]
    public static extern nint BIO_ctrl(nint bio, int command, nint number, void* pointer);

    [DllImport(Crypto)]
    public static extern int BIO_write(nint bio, byte* data, int length);

    [DllImport(Crypto)]
    public static extern int BIO_read(nint bio, byte* data, int length);

    [DllImport(Crypto)]
    public static extern nint d2i_AutoPrivateKey(nint key, byte** der, nint length);

    [DllImport(Crypto)]
    public static extern void EVP_PKEY_free(nint key);

    [DllImport(Crypto)]
    public static extern int i2d_X509(nint certificate, byte** der);

    [DllImport(Crypto)]
    public static extern void X509_free(nint certificate);

    [DllImport(Crypto)]
    public static extern void ERR_clear_error();

    [DllImport(Crypto)]
    public static extern nuint ERR_get_error();

    [DllImport(Crypto)]
    public static extern void ERR_error_string_n(nuint error, byte* buffer, nuint length);

    /// <summary>Empties this thread's error queue into one line; "no detail" when it is empty.</summary>
    public static string TakeErrors()
    {
        const int Length = 256; // ERR_error_string_n's own recommendation
        var buffer = stackalloc byte[Length];
        var lines = new List<string>();
        for (var error = ERR_get_error(); error != 0 && lines.Count < 8; error = ERR_get_error())
        {
            ERR_error_string_n(error, buffer, Length);
            lines.Add(Marshal.PtrToStringAnsi((nint)buffer) ?? string.Empty);
        }

        ERR_clear_error();
        return lines.Count == 0 ? "no detail" : string.Join("; ", lines);
    }
}
