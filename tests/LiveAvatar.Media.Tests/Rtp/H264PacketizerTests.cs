using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Rtp;

[Trait("category", "unit")]
public class H264PacketizerTests
{
    private const int MaxPayload = 10;

    [Fact]
    public void SmallUnit_IsSentAsItIs() => Run("00000001 41 01 02", "41 01 02 !");

    [Fact]
    public void ShortAndLongStartCodes_BothSplit() => Run("000001 41 01 00000001 41 02 000001 41 03", "41 01", "41 02", "41 03 !");

    [Fact]
    public void ParameterSets_ShareAPacket() =>
        Run("00000001 67 AA 00000001 28 BB 00000001 65 01", "78 0002 67AA 0002 28BB", "65 01 !");

    [Fact]
    public void LoneParameterSet_IsSingle() => Run("000001 67 AA 000001 65 01", "67 AA", "65 01 !");

    [Fact]
    public void ParameterSetsAboveTheLimit_AreApart() =>
        Run("000001 67 01 02 03 000001 68 04 05 06 000001 65 01", "67 01 02 03", "68 04 05 06", "65 01 !");

    [Fact]
    public void ThirdParameterSet_StaysOutIfItDoesNotFit() =>
        Run("000001 67 AA 000001 68 BB 000001 68 CC", "78 0002 67AA 0002 68BB", "68 CC !");

    [Fact]
    public void OnlyParameterSets_EndWithTheMarker() => Run("000001 67 AA 000001 68 BB", "78 0002 67AA 0002 68BB !");

    [Fact]
    public void LongUnit_IsFragmentedEvenly() => // 17 bytes behind the header, 8 of room: 6, 6, 5
        Run("000001 65 0102030405060708090A0B0C0D0E0F1011", "7C 85 010203040506", "7C 05 0708090A0B0C", "7C 45 0D0E0F1011 !");

    [Fact]
    public void UnitOfExactlyTheLimit_IsNotFragmented() => Run("000001 41 010203040506070809", "41 010203040506070809 !");

    [Fact]
    public void DelimiterAndFiller_AreLeftOut() => Run("000001 09 F0 000001 41 01 000001 0C FF 80", "41 01 !");

    [Fact]
    public void ZerosAfterAUnit_BelongToNobody() => Run("0000000001 41 01 000000 0000000001 41 02 0000", "41 01", "41 02 !");

    [Theory]
    [InlineData("")]
    [InlineData("41 01 02")]
    [InlineData("000001")]
    [InlineData("000001 000001 000001")]
    [InlineData("0000")]
    public void NothingToSend_GivesNoPayload(string hex) => Run(hex);

    [Fact]
    public void AnyUnits_ComeTogetherAgain()
    {
        var random = new Random(3);
        for (var run = 0; run < 2000; run++)
        {
            var units = Enumerable.Range(0, random.Next(1, 6)).Select(_ => RandomUnit(random)).ToList();
            var stream = units.SelectMany(unit => (byte[])[0, 0, 0, 1, .. unit]).ToArray();
            var max = random.Next(3, 40);
            var payloads = Packetize(new H264Packetizer(max), stream, out var markers);

            Assert.Equal(units, Depacketize(payloads));
            Assert.All(payloads, payload => Assert.True(payload.Length <= max));
            Assert.Equal(markers.Select((_, i) => i == markers.Count - 1), markers);
        }
    }

    [Fact]
    public void Packetizing_AllocatesNothing()
    {
        var packetizer = new H264Packetizer();
        byte[] stream = [.. Vectors.Parse("00000001 67 AA 00000001 68 BB 00000001 65"), .. Enumerable.Repeat((byte)0x55, 20_000)];
        var payload = new byte[RtpLimits.MaxPayload];
        Allocation.AssertNone(() =>
        {
            var fragments = packetizer.Start(stream);
            while (fragments.TryNext(payload, out _, out _))
            {
            }
        });
    }

    private static byte[] RandomUnit(Random random)
    {
        // Types 1, 5, 6, 7, 8 with any importance; bytes that never form a start code.
        var header = (byte)((random.Next(4) << 5) | new[] { 1, 5, 6, 7, 8 }[random.Next(5)]);
        return [header, .. Enumerable.Range(0, random.Next(1, 60)).Select(_ => (byte)random.Next(2, 256))];
    }

    private static void Run(string stream, params string[] expected)
    {
        var payloads = Packetize(new H264Packetizer(MaxPayload), Vectors.Parse(stream), out var markers);
        Assert.Equal(
            expected.Select(row => Convert.ToHexString(Vectors.Parse(row.TrimEnd('!')))), payloads.Select(Convert.ToHexString));
        Assert.Equal(expected.Select(row => row.EndsWith('!')), markers);
    }

    private static List<byte[]> Packetize(H264Packetizer packetizer, byte[] stream, out List<bool> markers)
    {
        var payloads = new List<byte[]>();
        markers = [];
        var buffer = new byte[64];
        var fragments = packetizer.Start(stream);
        while (fragments.TryNext(buffer, out var length, out var last))
        {
            payloads.Add(buffer[..length]);
            markers.Add(last);
        }

        return payloads;
    }

    private static List<byte[]> Depacketize(List<byte[]> payloads)
    {
        var units = new List<byte[]>();
        foreach (var payload in payloads)
        {
            switch (payload[0] & 0x1F)
            {
                case 24:
                    for (var at = 1; at < payload.Length;)
                    {
                        var size = (payload[at] << 8) | payload[at + 1];
                        units.Add(payload[(at + 2)..(at + 2 + size)]);
                        at += 2 + size;
                    }

                    break;
                case 28 when (payload[1] & 0x80) != 0:
                    units.Add([(byte)((payload[0] & 0xE0) | (payload[1] & 0x1F)), .. payload[2..]]);
                    break;
                case 28:
                    units[^1] = [.. units[^1], .. payload[2..]];
                    break;
                default:
                    units.Add(payload);
                    break;
            }
        }

        return units;
    }
}
