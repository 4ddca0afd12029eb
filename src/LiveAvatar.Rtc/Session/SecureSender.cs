using LiveAvatar.Media.Timing;
using LiveAvatar.Rtc.Congestion;
using LiveAvatar.Rtc.Srtp;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Session;

/// <summary>The last step of sending: stamps a packet, protects it and hands it to the network.</summary>
/// <remarks>
/// Called under the send lock: transport-wide numbers must be given in the order of sending, and an SRTP context holds the
/// packet indices of its streams.
/// </remarks>
internal sealed class SecureSender(IDatagramTransport transport, WallClock wall, BandwidthEstimator bandwidth) : IDisposable
{
    private SrtpSession? _srtp;
    private NetworkPath _path;
    private ushort _transportSequence;

    public bool IsOpen => _srtp is not null;

    public long PacketsSent { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>Begins to send; takes over <paramref name="srtp"/>.</summary>
    public void Open(SrtpSession srtp, in NetworkPath path)
    {
        _srtp = srtp;
        _path = path;
    }

    public void MoveTo(in NetworkPath path)
    {
        _path = path;
        bandwidth.OnPathChanged();
    }

    /// <summary>Sends an RTP packet, which is protected in place; returns the protected length, 0 if it could not be.</summary>
    public int Send(OutgoingPacket packet, TimeSpan now)
    {
        if (_srtp is null)
        {
            return 0;
        }

        var length = packet.Length;
        if (!packet.IsProtected)
        {
            packet.Stamps.StampTransportSequence(packet.Bytes, _transportSequence);
            packet.Stamps.StampAbsSendTime(packet.Bytes, wall.ToNtp(now));
            length = _srtp.ProtectRtp(packet.Bytes, packet.Length);
            if (length == 0)
            {
                return 0;
            }

            if (packet.Stamps.TransportSequence != 0)
            {
                bandwidth.OnSent(_transportSequence, length, now);
                _transportSequence++;
            }
        }

        transport.Send(_path, packet.Bytes.AsSpan(0, length));
        PacketsSent++;
        BytesSent += length;
        return length;
    }

    /// <summary>Sends a compound RTCP packet; the buffer must have <see cref="SrtpProfiles.MaxOverhead"/> bytes to spare.</summary>
    public void SendRtcp(Span<byte> buffer, int length)
    {
        if (_srtp is not null && _srtp.ProtectRtcp(buffer, length) is > 0 and var protectedLength)
        {
            transport.Send(_path, buffer[..protectedLength]);
        }
    }

    public void Dispose()
    {
        _srtp?.Dispose();
        _srtp = null;
    }
}
