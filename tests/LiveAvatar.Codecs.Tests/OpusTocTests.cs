using FsCheck;
using FsCheck.Fluent;
using LiveAvatar.Codecs.Native;
using LiveAvatar.Media.Audio;

namespace LiveAvatar.Codecs.Tests;

/// <summary>libopus is the judge of what <see cref="OpusToc"/> reads.</summary>
public sealed unsafe class OpusTocTests
{
    [Fact]
    public void AnyBytes_AgreeWithLibopus() => Prop.ForAll<byte[]>(packet =>
    {
        var known = OpusToc.TryGetDuration(packet, out var samples);
        fixed (byte* data = packet.AsSpan())
        {
            var expected = packet.Length == 0 ? -1 : LibOpus.PacketSamples(data, packet.Length, 48_000);
            return known == expected > 0 && samples == Math.Max(expected, 0);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void EveryFirstTwoBytes_AgreeWithLibopus()
    {
        var packet = stackalloc byte[2];
        for (var bytes = 0; bytes < 65_536; bytes++)
        {
            (packet[0], packet[1]) = ((byte)(bytes >> 8), (byte)bytes);
            OpusToc.TryGetDuration(new ReadOnlySpan<byte>(packet, 2), out var samples);
            Assert.Equal(Math.Max(LibOpus.PacketSamples(packet, 2, 48_000), 0), samples);
        }
    }
}
