using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace LiveAvatar.Rtc;

/// <summary>The log messages of the transport. Ids are fixed (next free: 1112); what a peer can cause is debug.</summary>
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
}
