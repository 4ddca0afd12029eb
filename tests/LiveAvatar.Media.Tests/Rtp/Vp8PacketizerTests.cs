using FsCheck;
using FsCheck.Fluent;
using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Rtp;

[Trait("category", "unit")]
public class Vp8PacketizerTests
{
    [Fact]
    public void SmallFrame_IsOnePayload()
    {
        var payloads = Packetize(new Vp8Packetizer(100, firstPictureId: 0x1234), [1, 2, 3], out var markers);
        Assert.Equal(Vectors.Parse("90 80 92 34 01 02 03"), Assert.Single(payloads));
        Assert.Equal([true], markers);
    }

    [Fact]
    public void LargeFrame_IsCutEvenly()
    {
        var frame = Enumerable.Range(0, 20).Select(i => (byte)i).ToArray();
        var payloads = Packetize(new Vp8Packetizer(12), frame, out var markers); // 8 bytes of room: 3 payloads of 7, 7, 6
        Assert.Equal([11, 11, 10], payloads.Select(p => p.Length));
        Assert.Equal([0x90, 0x80, 0x80], payloads.Select(p => (int)p[0])); // S on the first only
        Assert.Equal([false, false, true], markers);
        Assert.Equal(frame, payloads.SelectMany(p => p[4..]));
    }

    [Fact]
    public void PictureId_WrapsAt15Bits()
    {
        var packetizer = new Vp8Packetizer(firstPictureId: 0x7FFF);
        Assert.Equal([0xFF, 0xFF], Packetize(packetizer, [1], out _)[0][2..4]);
        Assert.Equal([0x80, 0x00], Packetize(packetizer, [1], out _)[0][2..4]);
        Assert.Equal(0, packetizer.PictureId);
    }

    [Fact]
    public void EmptyFrame_UsesNoPictureId()
    {
        var packetizer = new Vp8Packetizer(firstPictureId: 5);
        Assert.Empty(Packetize(packetizer, [], out _));
        Assert.Equal([0x80, 0x05], Packetize(packetizer, [1], out _)[0][2..4]);
    }

    [Fact]
    public void Layers_CountTheBaseLayer()
    {
        var packetizer = new Vp8Packetizer(temporalLayers: true);
        var buffer = new byte[32];
        var rows = new[]
        {
            (Layer: 0, Sync: false, Discard: false, Expected: "90 E0 8000 00 00"),
            (Layer: 1, Sync: true, Discard: true, Expected: "B0 E0 8001 00 60"),
            (Layer: 0, Sync: false, Discard: false, Expected: "90 E0 8002 01 00"),
            (Layer: 1, Sync: false, Discard: true, Expected: "B0 E0 8003 01 40"),
        };
        foreach (var (layer, sync, discard, expected) in rows)
        {
            var fragments = packetizer.Start([0xAB], layer, sync, discard);
            Assert.True(fragments.TryNext(buffer, out var length, out var last));
            Assert.Equal(Vectors.Parse(expected + "AB"), buffer[..length]);
            Assert.True(last);
        }
    }

    [Fact]
    public void AnyFrame_ComesTogetherAgain() => Prop.ForAll<byte[], byte, bool>((frame, room, layers) =>
    {
        var max = 8 + (room % 40);
        var packetizer = new Vp8Packetizer(max, layers);
        var descriptor = layers ? 6 : 4;
        var payloads = Packetize(packetizer, frame, out var markers);
        var sizes = payloads.Select(p => p.Length).ToArray();
        return payloads.SelectMany(p => p[descriptor..]).SequenceEqual(frame)
            && sizes.All(size => size <= max && size > descriptor)
            && (sizes.Length == 0 || sizes.Max() - sizes.Min() <= 1)
            && markers.Count(m => m) == (frame.Length == 0 ? 0 : 1)
            && (markers.Count == 0 || markers[^1]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Packetizing_AllocatesNothing()
    {
        var packetizer = new Vp8Packetizer();
        var frame = new byte[20_000];
        var payload = new byte[RtpLimits.MaxPayload];
        Allocation.AssertNone(() =>
        {
            var fragments = packetizer.Start(frame);
            while (fragments.TryNext(payload, out _, out _))
            {
            }
        });
    }

    private static List<byte[]> Packetize(Vp8Packetizer packetizer, byte[] frame, out List<bool> markers)
    {
        var payloads = new List<byte[]>();
        markers = [];
        var buffer = new byte[1500];
        var fragments = packetizer.Start(frame);
        while (fragments.TryNext(buffer, out var length, out var last))
        {
            payloads.Add(buffer[..length]);
            markers.Add(last);
        }

        Assert.Equal(fragments.Count, payloads.Count);
        return payloads;
    }
}
