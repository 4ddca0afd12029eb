using System.Net;
using System.Net.Sockets;
using LiveAvatar.Rtc.Sdp;
using LiveAvatar.Rtc.Transport;
using Microsoft.Extensions.Logging;

namespace LiveAvatar.Rtc;

/// <summary>The log messages of the transport. Ids are fixed (next free: 1110); what a peer can cause is debug.</summary>
internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Warning, "Address {Address} port {Port} cannot be bound: {Error}")]
    public static partial void BindFailed(ILogger logger, IPAddress address, int port, SocketError error);

    [LoggerMessage(1101, LogLevel.Error, "A datagram handler failed")]
    public static partial void ReceiveHandlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(1102, LogLevel.Information, "Media on UDP port {Port}, addresses {Addresses}")]
    public static partial void Listening(ILogger logger, int port, string addresses);

    [LoggerMessage(1103, LogLevel.Warning, "The media network is impaired on purpose: {Impairment}")]
    public static partial void Impaired(ILogger logger, LinkImpairment impairment);

    [LoggerMessage(1104, LogLevel.Debug, "Peer {Peer}: offer answered, DTLS {Role}")]
    public static partial void Answered(ILogger logger, string peer, DtlsRole role);

    [LoggerMessage(1105, LogLevel.Debug, "Peer {Peer}: path {Path}")]
    public static partial void PathSelected(ILogger logger, string peer, NetworkPath path);

    [LoggerMessage(1106, LogLevel.Debug, "Peer {Peer}: connected, {Security}")]
    public static partial void Connected(ILogger logger, string peer, string security);

    [LoggerMessage(1107, LogLevel.Debug, "Peer {Peer}: {Reason}: {Detail}")]
    public static partial void TransportFailed(ILogger logger, string peer, SessionEndReason reason, string? detail);

    [LoggerMessage(1108, LogLevel.Debug, "Peer {Peer}: ended, {Reason}")]
    public static partial void Ended(ILogger logger, string peer, SessionEndReason reason);

    [LoggerMessage(1109, LogLevel.Error, "Peer {Peer}: handling failed; the peer is closed")]
    public static partial void PeerFailed(ILogger logger, string peer, Exception exception);
}
