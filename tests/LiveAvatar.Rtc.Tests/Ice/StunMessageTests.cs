using System.Net;
using System.Text;
using LiveAvatar.Rtc.Ice;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Tests.Ice;

public sealed class StunMessageTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes(StunVectors.Password);

    [Fact]
    public void RequestOfRfc5769_IsReadWhole()
    {
        Assert.True(StunMessage.TryParse(StunVectors.Request, out var message));
        Assert.Equal(StunType.BindingRequest, message.Type);
        Assert.Equal("evtj:h6vY", Encoding.ASCII.GetString(message.Username));
        Assert.Equal(0x6e0001ffu, message.Priority);
        Assert.True(message.IsControlled);
        Assert.False(message.IsControlling);
        Assert.False(message.UseCandidate);
        Assert.True(message.HasFingerprint);
        Assert.Equal(0, message.UnknownRequired);
        Assert.True(message.VerifyIntegrity(Key));
    }

    [Fact]
    public void ResponsesOfRfc5769_AreAuthentic()
    {
        Assert.True(StunMessage.TryParse(StunVectors.ResponseV4, out var v4) && v4.VerifyIntegrity(Key));
        Assert.True(StunMessage.TryParse(StunVectors.ResponseV6, out var v6) && v6.VerifyIntegrity(Key));
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8:1234:5678:11:2233:4455:6677")]
    public void WrittenResponse_CarriesRfc5769sAddress(string address)
    {
        var expected = address.Contains(':', StringComparison.Ordinal) ? StunVectors.ResponseV6 : StunVectors.ResponseV4;
        Assert.True(StunMessage.TryParse(expected, out var vector));
        var buffer = new byte[256];
        var writer = new StunWriter(buffer, StunType.BindingSuccess, vector.TransactionId);
        writer.Add(0x8022, "test vector"u8);
        writer.AddXorMappedAddress(RemoteAddress.From(new IPEndPoint(IPAddress.Parse(address), 32853)));
        var length = writer.Finish(Key);

        // The vector pads with a blank, the writer with zero; so integrity and fingerprint differ, and are checked on their own.
        expected[35] = 0;
        Assert.Equal(expected.Length, length);
        Assert.Equal(expected[..^32], buffer[..(length - 32)]);
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, length), out var written));
        Assert.True(written.VerifyIntegrity(Key));
    }

    [Fact]
    public void WrongKey_IsNotAuthentic()
    {
        Assert.True(StunMessage.TryParse(StunVectors.Request, out var message));
        Assert.False(message.VerifyIntegrity("VOkJxbRl1RmTxUk/WvJxBT"u8));
    }

    [Fact]
    public void EveryPrefix_IsRefused()
    {
        foreach (var vector in (byte[][])[StunVectors.Request, StunVectors.ResponseV4, StunVectors.ResponseV6])
        {
            for (var length = 0; length < vector.Length; length++)
            {
                Assert.False(StunMessage.TryParse(vector.AsSpan(0, length), out _));
            }
        }
    }

    [Fact]
    public void EverySingleChangedBit_IsRefusedOrNotAuthentic()
    {
        for (var bit = 0; bit < StunVectors.Request.Length * 8; bit++)
        {
            var bytes = StunVectors.Request;
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(StunMessage.TryParse(bytes, out var message) && message.HasFingerprint && message.VerifyIntegrity(Key), $"bit {bit}");
        }
    }

    [Fact]
    public void RandomBytesBehindAValidHeader_NeverThrow()
    {
        var random = new Random(7);
        var parsed = 0;
        for (var round = 0; round < 200_000; round++)
        {
            var bytes = new byte[20 + (4 * random.Next(0, 30))];
            random.NextBytes(bytes);
            StunVectors.Request.AsSpan(0, 20).CopyTo(bytes);
            bytes[2] = (byte)((bytes.Length - 20) >> 8);
            bytes[3] = (byte)(bytes.Length - 20);
            for (var offset = 20; offset + 4 < bytes.Length; offset += 8)
            {
                bytes[offset] = (byte)(random.Next(2) * 0x80);
                bytes[offset + 1] = (byte)random.Next(0x30);
                bytes[offset + 2] = 0;
                bytes[offset + 3] = (byte)random.Next(24);
            }

            if (StunMessage.TryParse(bytes, out var message))
            {
                parsed++;
                Assert.False(message.VerifyIntegrity(Key));
            }
        }

        Assert.True(parsed > 100, $"only {parsed} random messages reached the integrity check");
    }

    [Fact]
    public void Checking_DoesNotAllocate()
    {
        var request = StunVectors.Request;
        Allocation.AssertNone(() => Assert.True(StunMessage.TryParse(request, out var message) && message.VerifyIntegrity(Key)));
    }
}
