using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LiveAvatar.Rtc.Srtp;

namespace LiveAvatar.Rtc.Dtls;

/// <summary>Takes one finished datagram to send to the peer.</summary>
internal delegate void DtlsOutput(ReadOnlySpan<byte> datagram);

/// <summary>One DTLS 1.2 connection over memory BIOs, in either role, that agrees on SRTP keys (RFC 5764).</summary>
/// <remarks>
/// Not thread-safe: called under the peer's transport lock. Bytes from the peer never throw; they end in <see cref="State"/>.
/// No cookie exchange (DTLSv1_listen) is needed: ICE has proven the peer's address before the first datagram gets here.
/// </remarks>
internal sealed unsafe class DtlsConnection : IDisposable
{
    private const int Mtu = 1200;             // bytes per datagram: IPv6's minimum MTU 1280 less IP and UDP headers, with room for tunnels
    private const int RecordHeader = 13;      // type 1, version 2, epoch 2, sequence 6, length 2
    private const int OutputBuffer = 16 << 10; // our longest flight is under 2 kB

    private readonly SslHandle _ssl;
    private readonly nint _input;
    private readonly nint _output;
    private readonly DtlsOutput _send;

    /// <exception cref="InvalidOperationException">OpenSSL is out of memory.</exception>
    public DtlsConnection(DtlsContext context, bool isServer, DtlsOutput send)
    {
        _send = send;
        _ssl = OpenSsl.SSL_new(context.Handle);
        _input = OpenSsl.BIO_new(OpenSsl.BIO_s_mem());
        _output = OpenSsl.BIO_new(OpenSsl.BIO_s_mem());
        if (_ssl.IsInvalid || _input == 0 || _output == 0)
        {
            throw new InvalidOperationException($"OpenSSL cannot make a connection: {OpenSsl.TakeErrors()}");
        }

        // An empty BIO means "nothing yet", not the end of the stream.
        OpenSsl.BIO_ctrl(_input, OpenSsl.BioSetMemoryEofReturn, -1, null);
        OpenSsl.BIO_ctrl(_output, OpenSsl.BioSetMemoryEofReturn, -1, null);
        OpenSsl.SSL_set_bio(_ssl, _input, _output);
        OpenSsl.SSL_ctrl(_ssl, OpenSsl.CtrlSetMtu, Mtu, null);
        OpenSsl.DTLS_set_timer_cb(_ssl, &NextTimeout);
        if (isServer)
        {
            OpenSsl.SSL_set_accept_state(_ssl);
        }
        else
        {
            OpenSsl.SSL_set_connect_state(_ssl);
        }
    }

    public DtlsState State { get; private set; }

    /// <summary>Why <see cref="State"/> is Failed.</summary>
    public string? Failure { get; private set; }

    /// <summary>"DTLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256", once connected.</summary>
    public string Description =>
        $"{Marshal.PtrToStringAnsi(OpenSsl.SSL_get_version(_ssl))} "
        + Marshal.PtrToStringAnsi(OpenSsl.SSL_CIPHER_get_name(OpenSsl.SSL_get_current_cipher(_ssl)));

    /// <summary>Sends the first flight; for the client role.</summary>
    public void Start() => Step();

    /// <summary>Takes one datagram from the peer.</summary>
    /// <remarks>
    /// Its records are fed one by one: OpenSSL gives up a datagram at a message it drops, and peers do pack a repeated
    /// ClientHello in front of their next flight.
    /// </remarks>
    public void Receive(ReadOnlySpan<byte> datagram)
    {
        while (datagram.Length >= RecordHeader && State is DtlsState.Handshaking or DtlsState.Connected)
        {
            var record = Math.Min(RecordLength(datagram), datagram.Length);
            Feed(datagram[..record]);
            datagram = datagram[record..];
        }
    }

    /// <summary>Sends the last flight again when its answer is overdue (RFC 6347 section 4.2.4).</summary>
    public void Tick()
    {
        if (State != DtlsState.Handshaking)
        {
            return;
        }

        var timeout = stackalloc nint[2]; // struct timeval: seconds, microseconds
        if (OpenSsl.SSL_ctrl(_ssl, OpenSsl.CtrlDtlsGetTimeout, 0, timeout) == 1 && timeout[0] == 0 && timeout[1] == 0)
        {
            OpenSsl.ERR_clear_error();
            if (OpenSsl.SSL_ctrl(_ssl, OpenSsl.CtrlDtlsHandleTimeout, 0, null) < 0)
            {
                Fail("handshake timed out");
            }

            Flush();
        }
    }

    /// <summary>Sends close_notify.</summary>
    public void Close()
    {
        if (State == DtlsState.Connected)
        {
            OpenSsl.ERR_clear_error();
            _ = OpenSsl.SSL_shutdown(_ssl); // 0: sent, and the peer's own close_notify is not waited for
            Flush();
            State = DtlsState.Closed;
        }
    }

    /// <summary>The peer's certificate in DER; empty when there is none.</summary>
    public byte[] GetPeerCertificate()
    {
        var certificate = OpenSsl.SSL_get1_peer_certificate(_ssl);
        if (certificate == 0)
        {
            return [];
        }

        try
        {
            var length = OpenSsl.i2d_X509(certificate, null);
            if (length <= 0)
            {
                return [];
            }

            var der = new byte[length];
            fixed (byte* first = der)
            {
                var cursor = first;
                length = OpenSsl.i2d_X509(certificate, &cursor);
            }

            return length == der.Length ? der : [];
        }
        finally
        {
            OpenSsl.X509_free(certificate);
        }
    }

    /// <summary>The agreed SRTP profile and its keying material (RFC 5764 section 4.2); false when the peers share none.</summary>
    public bool TryGetSrtpKeys(out SrtpProfile profile, out byte[] keyingMaterial)
    {
        keyingMaterial = [];
        var selected = OpenSsl.SSL_get_selected_srtp_profile(_ssl);

        // SRTP_PROTECTION_PROFILE is { char *name; unsigned long id }.
        profile = selected == 0 ? default : (SrtpProfile)Marshal.ReadInt64(selected, nint.Size);
        if (!SrtpProfiles.TryGetKeyLengths(profile, out var key, out var salt))
        {
            return false;
        }

        keyingMaterial = new byte[2 * (key + salt)];
        var label = "EXTRACTOR-dtls_srtp"u8;
        fixed (byte* output = keyingMaterial, labelStart = label)
        {
            return OpenSsl.SSL_export_keying_material(
                _ssl, output, (nuint)keyingMaterial.Length, labelStart, (nuint)label.Length, null, 0, 0) == 1;
        }
    }

    public void Dispose() => _ssl.Dispose();

    /// <summary>Header and body: <code>| type 1 | version 2 | epoch 2 | sequence 6 | length 2 | length bytes |</code></summary>
    private static int RecordLength(ReadOnlySpan<byte> record) => RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(record[11..]);

    /// <summary>OpenSSL's first retransmission waits 1 s; on a path that ICE has just measured, 100 ms doubling to 1.6 s repairs sooner.</summary>
    [UnmanagedCallersOnly]
    private static uint NextTimeout(nint ssl, uint previousMicroseconds) =>
        previousMicroseconds == 0 ? 100_000 : Math.Min(previousMicroseconds * 2, 1_600_000);

    private void Feed(ReadOnlySpan<byte> record)
    {
        int written;
        fixed (byte* first = record)
        {
            written = OpenSsl.BIO_write(_input, first, record.Length);
        }

        if (written == record.Length)
        {
            Step();
        }

        // What the library left unread must not run into the next record.
        if (OpenSsl.BIO_ctrl(_input, OpenSsl.BioPending, 0, null) > 0)
        {
            _ = OpenSsl.BIO_ctrl(_input, OpenSsl.BioReset, 0, null);
        }
    }

    private void Step()
    {
        OpenSsl.ERR_clear_error();
        if (State == DtlsState.Handshaking)
        {
            var result = OpenSsl.SSL_do_handshake(_ssl);
            if (result == 1)
            {
                State = DtlsState.Connected;
            }
            else
            {
                Judge(result);
            }
        }

        if (State == DtlsState.Connected)
        {
            Drain();
        }

        Flush();
    }

    /// <summary>Reads what follows the handshake: alerts, repeats of the peer's last flight, and application data nobody asked for.</summary>
    private void Drain()
    {
        const int Length = 2048;
        var buffer = stackalloc byte[Length];
        int result;
        do
        {
            result = OpenSsl.SSL_read(_ssl, buffer, Length);
        }
        while (result > 0);
        Judge(result);
    }

    private void Judge(int result)
    {
        switch (OpenSsl.SSL_get_error(_ssl, result))
        {
            case OpenSsl.ErrorWantRead or OpenSsl.ErrorWantWrite:
                return;
            case OpenSsl.ErrorZeroReturn:
                State = DtlsState.Closed;
                return;
            default:
                Fail(OpenSsl.TakeErrors());
                return;
        }
    }

    private void Fail(string reason)
    {
        State = DtlsState.Failed;
        Failure = reason;
    }

    /// <summary>Sends what the library has written.</summary>
    /// <remarks>
    /// A memory BIO runs datagrams together, so they are cut again at record headers and packed up to the MTU.
    /// </remarks>
    private void Flush()
    {
        if (OpenSsl.BIO_ctrl(_output, OpenSsl.BioPending, 0, null) <= 0)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[OutputBuffer];
        int length;
        fixed (byte* first = bytes)
        {
            length = OpenSsl.BIO_read(_output, first, bytes.Length);
        }

        var start = 0;
        var end = 0;
        while (end + RecordHeader <= length)
        {
            var record = RecordLength(bytes[end..length]);
            if (end + record > length)
            {
                break;
            }

            if (end > start && end + record - start > Mtu)
            {
                _send(bytes[start..end]);
                start = end;
            }

            end += record;
        }

        if (end > start)
        {
            _send(bytes[start..end]);
        }
    }
}
