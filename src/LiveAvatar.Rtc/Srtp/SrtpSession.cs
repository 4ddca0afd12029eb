using System.Security.Cryptography;

namespace LiveAvatar.Rtc.Srtp;

/// <summary>Why a packet was not let in.</summary>
internal enum SrtpResult
{
    Ok,
    NotAuthentic,
    Replayed,
    TooManyStreams,
    Malformed,
}

/// <summary>Encrypts one direction or decrypts the other of a peer's media, in place (RFC 3711, RFC 7714).</summary>
/// <remarks>
/// Each direction is its own object with its own native context, so that sending and receiving take no common lock.
/// Not thread-safe: a context holds the packet indices of its streams.
/// </remarks>
internal sealed unsafe class SrtpSession : IDisposable
{
    private const int AnyInbound = 2;
    private const int AnyOutbound = 3;
    private const int ReplayWindow = 1024; // packets: more than a reordering network or a retransmission ever needs

    /// <summary>Streams a peer may send at once: audio, and the video and RTX some clients keep sending. Each costs memory.</summary>
    private const int MaxInboundStreams = 16;

    private readonly SrtpHandle _handle;
    private readonly List<uint> _inboundStreams = new(MaxInboundStreams);

    private SrtpSession(SrtpProfile profile, ReadOnlySpan<byte> key, int ssrcType)
    {
        LibSrtp.Initialise();
        var policy = new LibSrtp.Policy { SsrcType = ssrcType, WindowSize = ReplayWindow };
        var rtp = LibSrtp.srtp_crypto_policy_set_from_profile_for_rtp(&policy.Rtp, (int)profile);
        var rtcp = LibSrtp.srtp_crypto_policy_set_from_profile_for_rtcp(&policy.Rtcp, (int)profile);
        int created;
        fixed (byte* first = key)
        {
            policy.Key = first;
            created = LibSrtp.srtp_create(out _handle, &policy);
        }

        if (rtp != LibSrtp.Ok || rtcp != LibSrtp.Ok || created != LibSrtp.Ok)
        {
            _handle?.Dispose();
            throw new InvalidOperationException($"libsrtp2 cannot make a session for {profile}: errors {rtp}, {rtcp}, {created}");
        }
    }

    /// <summary>Makes both directions from the DTLS exporter's bytes, and wipes those.</summary>
    /// <param name="profile">The agreed profile.</param>
    /// <param name="keyingMaterial">client key | server key | client salt | server salt (RFC 5764 section 4.2).</param>
    /// <param name="isDtlsServer">Our role in the handshake.</param>
    /// <exception cref="InvalidOperationException">The library refused the profile.</exception>
    public static (SrtpSession Outbound, SrtpSession Inbound) CreatePair(SrtpProfile profile, Span<byte> keyingMaterial, bool isDtlsServer)
    {
        SrtpProfiles.TryGetKeyLengths(profile, out var keyLength, out var saltLength);
        Span<byte> client = stackalloc byte[keyLength + saltLength];
        Span<byte> server = stackalloc byte[keyLength + saltLength];
        keyingMaterial[..keyLength].CopyTo(client);
        keyingMaterial.Slice(keyLength, keyLength).CopyTo(server);
        keyingMaterial.Slice(2 * keyLength, saltLength).CopyTo(client[keyLength..]);
        keyingMaterial.Slice((2 * keyLength) + saltLength, saltLength).CopyTo(server[keyLength..]);
        SrtpSession? outbound = null;
        try
        {
            outbound = new SrtpSession(profile, isDtlsServer ? server : client, AnyOutbound);
            var inbound = new SrtpSession(profile, isDtlsServer ? client : server, AnyInbound);
            return (outbound, inbound);
        }
        catch
        {
            outbound?.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(client);
            CryptographicOperations.ZeroMemory(server);
            CryptographicOperations.ZeroMemory(keyingMaterial);
        }
    }

    /// <summary>Encrypts an RTP packet; the buffer must have <see cref="SrtpProfiles.MaxOverhead"/> bytes to spare. 0 when refused.</summary>
    public int ProtectRtp(Span<byte> buffer, int length)
    {
        fixed (byte* first = buffer)
        {
            return LibSrtp.srtp_protect(_handle, first, &length) == LibSrtp.Ok ? length : 0;
        }
    }

    /// <summary>Encrypts an RTCP packet; the buffer must have <see cref="SrtpProfiles.MaxOverhead"/> bytes to spare. 0 when refused.</summary>
    public int ProtectRtcp(Span<byte> buffer, int length)
    {
        fixed (byte* first = buffer)
        {
            return LibSrtp.srtp_protect_rtcp(_handle, first, &length) == LibSrtp.Ok ? length : 0;
        }
    }

    /// <summary>Checks and decrypts an RTP packet in place; <paramref name="length"/> is the plain packet's.</summary>
    public SrtpResult UnprotectRtp(Span<byte> packet, out int length) => Unprotect(packet, ssrcOffset: 8, isRtcp: false, out length);

    /// <summary>Checks and decrypts an RTCP packet in place; <paramref name="length"/> is the plain packet's.</summary>
    public SrtpResult UnprotectRtcp(Span<byte> packet, out int length) => Unprotect(packet, ssrcOffset: 4, isRtcp: true, out length);

    public void Dispose() => _handle.Dispose();

    private SrtpResult Unprotect(Span<byte> packet, int ssrcOffset, bool isRtcp, out int length)
    {
        length = 0;
        if (packet.Length < ssrcOffset + 4)
        {
            return SrtpResult.Malformed;
        }

        // libsrtp makes a stream for each new SSRC that authenticates and keeps it: bound them.
        var ssrc = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(packet[ssrcOffset..]);
        var isKnown = _inboundStreams.Contains(ssrc);
        if (!isKnown && _inboundStreams.Count >= MaxInboundStreams)
        {
            return SrtpResult.TooManyStreams;
        }

        var plainLength = packet.Length;
        int status;
        fixed (byte* first = packet)
        {
            status = isRtcp
                ? LibSrtp.srtp_unprotect_rtcp(_handle, first, &plainLength)
                : LibSrtp.srtp_unprotect(_handle, first, &plainLength);
        }

        if (status != LibSrtp.Ok)
        {
            return status switch
            {
                LibSrtp.AuthenticationFailed => SrtpResult.NotAuthentic,
                LibSrtp.ReplayFailed or LibSrtp.ReplayOld => SrtpResult.Replayed,
                _ => SrtpResult.Malformed,
            };
        }

        if (!isKnown)
        {
            _inboundStreams.Add(ssrc);
        }

        length = plainLength;
        return SrtpResult.Ok;
    }
}
