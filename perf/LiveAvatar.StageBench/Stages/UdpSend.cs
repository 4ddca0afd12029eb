using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Rtc.Transport;
using LiveAvatar.StageBench.Input;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.StageBench.Stages;

/// <summary>The second half of step 11: the packets of a usual frame go into the kernel and out at a socket of this machine.</summary>
/// <remarks>Nobody reads while it is timed: what the socket holds is emptied before each batch, which fits into it.</remarks>
internal sealed class UdpSend : Stage
{
    private readonly UdpTransport _transport = new([IPAddress.Loopback], 0, NullLogger.Instance);
    private readonly Socket _receiver = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false, ReceiveBufferSize = 1 << 20 };
    private readonly byte[] _received = new byte[2048];
    private readonly NetworkPath _path;
    private readonly Lazy<byte[][]> _packets;

    internal UdpSend(Presenter presenter)
    {
        _receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _path = new NetworkPath(0, RemoteAddress.From((IPEndPoint)_receiver.LocalEndPoint!));
        _packets = new Lazy<byte[][]>(() => Usual(presenter.Frames));
    }

    internal override string Name => "udp_send";

    internal override string Title => "send one frame's packets";

    internal override TimeSpan Budget => TimeSpan.FromMicroseconds(500);

    internal override int Batch => 10;

    internal override void Prepare()
    {
        while (_receiver.Available > 0)
        {
            _receiver.Receive(_received);
        }
    }

    internal override void Step()
    {
        foreach (var packet in _packets.Value)
        {
            if (!_transport.Send(_path, packet))
            {
                throw new StageException("udp_send: the kernel refused a packet.");
            }
        }
    }

    internal override void Check()
    {
        for (var step = 0; step < Batch; step++)
        {
            Step();
        }

        for (var i = 0; i < Batch * _packets.Value.Length; i++)
        {
            Require(_receiver.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectRead), "a packet did not arrive");
            var length = _receiver.Receive(_received);
            Require(_received.AsSpan(0, length).SequenceEqual(_packets.Value[i % _packets.Value.Length]), "a packet arrived changed");
        }
    }

    protected override void Release()
    {
        _receiver.Dispose();
#pragma warning disable CA2012 // It does not receive, so it is disposed of when this returns.
        _ = _transport.DisposeAsync();
#pragma warning restore CA2012
    }

    // To the kernel the bytes are noise, as after encryption; only their number counts.
    private static byte[][] Usual(byte[][] frames)
    {
        var usual = (int)frames.Average(frame => frame.Length);
        var count = (usual + RtpLimits.MaxPayload - 1) / RtpLimits.MaxPayload;
        return [.. Enumerable.Range(0, count).Select(_ => RandomNumberGenerator.GetBytes((usual / count) + RtpPacketWriter.MaxHeaderLength))];
    }
}
