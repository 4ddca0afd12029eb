using System.Security.Cryptography;
using LiveAvatar.Rtc.Srtp;

namespace LiveAvatar.StageBench.Input;

/// <summary>Both ends of an SRTP connection, with the profile that browsers agree to first.</summary>
internal sealed class SrtpEnds : IDisposable
{
    private readonly (SrtpSession Outbound, SrtpSession Inbound) _peer;
    private readonly (SrtpSession Outbound, SrtpSession Inbound) _server;

    internal SrtpEnds()
    {
        var keys = RandomNumberGenerator.GetBytes(2 * (16 + 12)); // RFC 7714: key and salt of each side
        _peer = SrtpSession.CreatePair(SrtpProfile.AeadAes128Gcm, [.. keys], isDtlsServer: false);
        _server = SrtpSession.CreatePair(SrtpProfile.AeadAes128Gcm, keys, isDtlsServer: true);
    }

    /// <summary>Protects what the browser sends.</summary>
    internal SrtpSession PeerOut => _peer.Outbound;

    /// <summary>Opens what the server sends.</summary>
    internal SrtpSession PeerIn => _peer.Inbound;

    /// <summary>Protects what the server sends.</summary>
    internal SrtpSession ServerOut => _server.Outbound;

    /// <summary>Opens what the browser sends.</summary>
    internal SrtpSession ServerIn => _server.Inbound;

    public void Dispose()
    {
        _peer.Outbound.Dispose();
        _peer.Inbound.Dispose();
        _server.Outbound.Dispose();
        _server.Inbound.Dispose();
    }
}
