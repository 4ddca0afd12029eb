using FsCheck;
using FsCheck.Fluent;
using LiveAvatar.Codecs.Native;

namespace LiveAvatar.Codecs.Tests;

public sealed unsafe class OpusPacketTests
{
    // Configuration, frame count code, wanted samples at 48 kHz: one row per mode of RFC 6716 table 2.
    [Theory]
    [InlineData(0, 0, 480)]
    [InlineData(1, 0, 960)]
    [InlineData(2, 0, 1920)]
    [InlineData(3, 0, 2880)]
    [InlineData(11, 1, 5760)]
    [InlineData(12, 0, 480)]
    [InlineData(15, 2, 1920)]
    [InlineData(16, 0, 120)]
    [InlineData(17, 0, 240)]
    [InlineData(18, 0, 480)]
    [InlineData(31, 1, 1920)]
    public void OneOrTwoFrames_Last(int config, int code, int samples)
    {
        Assert.True(OpusPacket.TryGetDuration([(byte)((config << 3) | code)], out var found));
        Assert.Equal(samples, found);
    }

    [Theory]
    [InlineData(6, 5760)]
    [InlineData(1, 960)]
    public void CountedFrames_AreMultiplied(byte count, int samples)
    {
        Assert.True(OpusPacket.TryGetDuration([(31 << 3) | 3, count], out var found));
        Assert.Equal(samples, found);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { (31 << 3) | 3 })]
    [InlineData(new byte[] { (31 << 3) | 3, 0 })]
    [InlineData(new byte[] { (31 << 3) | 3, 7 })]
    [InlineData(new byte[] { (31 << 3) | 3, 0x3F })]
    public void InvalidPacket_HasNoDuration(byte[] packet)
    {
        Assert.False(OpusPacket.TryGetDuration(packet, out var samples));
        Assert.Equal(0, samples);
    }

    [Fact]
    public void AnyBytes_AgreeWithLibopus() => Prop.ForAll<byte[]>(packet =>
    {
        var known = OpusPacket.TryGetDuration(packet, out var samples);
        fixed (byte* data = packet.AsSpan())
        {
            var expected = packet.Length == 0 ? -1 : LibOpus.PacketSamples(data, packet.Length, 48_000);
            return known == expected > 0 && samples == Math.Max(expected, 0);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
}
