using System.Buffers.Binary;
using LiveAvatar.Rtc.Srtp;

namespace LiveAvatar.Rtc.Tests.Srtp;

public sealed class SrtpSessionTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(7, 16)]
    [InlineData(8, 16)]
    public void Packets_ComeThroughUnchanged(int profile, int tag)
    {
        using var ends = new Ends((SrtpProfile)profile);
        var packet = Rtp(ssrc: 7, sequence: 1);
        var wire = ends.Protect(packet);
        Assert.Equal(packet.Length + tag, wire.Length);
        Assert.NotEqual(packet[12..], wire[12..packet.Length]);
        Assert.Equal(SrtpResult.Ok, ends.Server.Inbound.UnprotectRtp(wire, out var length));
        Assert.Equal(packet, wire[..length]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    public void ReportPackets_ComeThroughUnchanged(int profile)
    {
        using var ends = new Ends((SrtpProfile)profile);
        byte[] report = [0x80, 201, 0, 1, 0, 0, 0, 9];
        var buffer = new byte[64];
        report.CopyTo(buffer, 0);
        var wire = buffer[..ends.Client.Outbound.ProtectRtcp(buffer, report.Length)];
        Assert.True(wire.Length > report.Length);
        Assert.Equal(SrtpResult.Ok, ends.Server.Inbound.UnprotectRtcp(wire, out var length));
        Assert.Equal(report, wire[..length]);
    }

    [Fact]
    public void ChangedPacket_IsNotAuthentic()
    {
        using var ends = new Ends(SrtpProfile.AeadAes128Gcm);
        for (var index = 0; index < 60; index++)
        {
            var wire = ends.Protect(Rtp(7, (ushort)(100 + index)));
            wire[index % wire.Length] ^= 0x01;
            Assert.NotEqual(SrtpResult.Ok, ends.Server.Inbound.UnprotectRtp(wire, out _));
        }
    }

    [Fact]
    public void ForgedSequenceNumbers_DoNotMoveTheRolloverCounter()
    {
        using var ends = new Ends(SrtpProfile.AeadAes128Gcm);
        Assert.Equal(SrtpResult.Ok, ends.Pass(Rtp(7, 10)));
        for (var sequence = 0; sequence < 65536; sequence += 97)
        {
            var forged = new byte[60];
            Rtp(7, (ushort)sequence).CopyTo(forged, 0);
            Assert.NotEqual(SrtpResult.Ok, ends.Server.Inbound.UnprotectRtp(forged, out _));
        }

        Assert.Equal(SrtpResult.Ok, ends.Pass(Rtp(7, 11)));
    }

    [Fact]
    public void SequenceWrap_IsFollowed()
    {
        using var ends = new Ends(SrtpProfile.AeadAes128Gcm);
        for (var sequence = 32000; sequence < 200_000; sequence++)
        {
            Assert.Equal(SrtpResult.Ok, ends.Pass(Rtp(7, (ushort)sequence)));
        }
    }

    [Fact]
    public void RepeatedPacket_IsTakenOnce()
    {
        using var ends = new Ends(SrtpProfile.AeadAes128Gcm);
        var wire = ends.Protect(Rtp(7, 1));
        var copy = wire.ToArray();
        Assert.Equal(SrtpResult.Ok, ends.Server.Inbound.UnprotectRtp(wire, out _));
        Assert.Equal(SrtpResult.Replayed, ends.Server.Inbound.UnprotectRtp(copy, out _));
    }

    [Fact]
    public void SendingOneSequenceNumberTwice_IsRefused()
    {
        // Two different packets under one GCM nonce would give the authentication key away.
        using var ends = new Ends(SrtpProfile.AeadAes128Gcm);
        var buffer = new byte[100];
        Rtp(7, 1).CopyTo(buffer, 0);
        Assert.True(ends.Client.Outbound.ProtectRtp(buffer, 32) > 0);
        Rtp(7, 1).CopyTo(buffer, 0);
        buffer[20] ^= 1;
        Assert.Equal(0, ends.Client.Outbound.ProtectRtp(buffer, 32));
    }

    [Fact]
    public void StreamsOfOnePeer_AreBounded()
    {
        using var ends = new Ends(SrtpProfile.AeadAes128Gcm);
        for (var ssrc = 1u; ssrc <= 16; ssrc++)
        {
            Assert.Equal(SrtpResult.Ok, ends.Pass(Rtp(ssrc, 1)));
        }

        Assert.Equal(SrtpResult.TooManyStreams, ends.Pass(Rtp(17, 1)));
        Assert.Equal(SrtpResult.Ok, ends.Pass(Rtp(1, 2)));
    }

    [Fact]
    public void EveryPrefixAndRandomBytes_AreRefused()
    {
        using var ends = new Ends(SrtpProfile.AeadAes128Gcm);
        var wire = ends.Protect(Rtp(7, 1));
        for (var length = 0; length < wire.Length; length++)
        {
            Assert.NotEqual(SrtpResult.Ok, ends.Server.Inbound.UnprotectRtp(wire.AsSpan(0, length).ToArray(), out _));
            Assert.NotEqual(SrtpResult.Ok, ends.Server.Inbound.UnprotectRtcp(wire.AsSpan(0, length).ToArray(), out _));
        }

        var random = new Random(3);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(0, 120)];
            random.NextBytes(bytes);
            if (bytes.Length > 0)
            {
                bytes[0] = (byte)(0x80 | (bytes[0] & 0x3F));
            }

            Assert.NotEqual(SrtpResult.Ok, ends.Server.Inbound.UnprotectRtp(bytes.ToArray(), out _));
            Assert.NotEqual(SrtpResult.Ok, ends.Server.Inbound.UnprotectRtcp(bytes, out _));
        }
    }

    private static byte[] Rtp(uint ssrc, ushort sequence)
    {
        var packet = new byte[32];
        packet[0] = 0x80;
        packet[1] = 111;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        packet.AsSpan(12).Fill(0x5A);
        return packet;
    }

    /// <summary>Two ends with the same keying material.</summary>
    private sealed class Ends : IDisposable
    {
        public Ends(SrtpProfile profile)
        {
            var keys = new byte[88];
            new Random(1).NextBytes(keys);
            Client = SrtpSession.CreatePair(profile, keys.ToArray(), isDtlsServer: false);
            Server = SrtpSession.CreatePair(profile, keys, isDtlsServer: true);
            Assert.All(keys[..56], value => Assert.Equal(0, value));
        }

        public (SrtpSession Outbound, SrtpSession Inbound) Client { get; }

        public (SrtpSession Outbound, SrtpSession Inbound) Server { get; }

        public byte[] Protect(byte[] packet)
        {
            var buffer = new byte[packet.Length + SrtpProfiles.MaxOverhead];
            packet.CopyTo(buffer, 0);
            return buffer[..Client.Outbound.ProtectRtp(buffer, packet.Length)];
        }

        public SrtpResult Pass(byte[] packet) => Server.Inbound.UnprotectRtp(Protect(packet), out _);

        public void Dispose()
        {
            Client.Outbound.Dispose();
            Client.Inbound.Dispose();
            Server.Outbound.Dispose();
            Server.Inbound.Dispose();
        }
    }
}
