using LiveAvatar.Rtc.Dtls;
using LiveAvatar.Rtc.Srtp;

namespace LiveAvatar.Rtc.Tests.Dtls;

public sealed class DtlsConnectionTests
{
    [Fact]
    public void Handshake_GivesBothSidesTheSameKeys()
    {
        using var pair = new DtlsPair();
        pair.Client.Start();
        pair.Deliver();
        Assert.Equal(DtlsState.Connected, pair.Client.State);
        Assert.Equal(DtlsState.Connected, pair.Server.State);
        Assert.StartsWith("DTLSv1.2 ECDHE", pair.Server.Description, StringComparison.Ordinal);
        Assert.Equal(pair.ServerCertificate.Certificate, pair.Client.GetPeerCertificate());
        Assert.Equal(pair.ClientCertificate.Certificate, pair.Server.GetPeerCertificate());
        Assert.True(pair.Client.TryGetSrtpKeys(out var clientProfile, out var clientKeys));
        Assert.True(pair.Server.TryGetSrtpKeys(out var serverProfile, out var serverKeys));
        Assert.Equal(SrtpProfile.AeadAes128Gcm, serverProfile);
        Assert.Equal(clientProfile, serverProfile);
        Assert.Equal(clientKeys, serverKeys);
        Assert.Equal(2 * (16 + 12), serverKeys.Length);
        Assert.Contains(serverKeys, value => value != 0);
    }

    [Theory]
    [InlineData("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM", 8)]
    [InlineData("SRTP_AES128_CM_SHA1_80", 1)]
    public void OurOrderOfProfiles_Wins(string offered, int chosen)
    {
        using var pair = new DtlsPair(clientProfiles: offered);
        pair.Client.Start();
        pair.Deliver();
        Assert.True(pair.Server.TryGetSrtpKeys(out var profile, out _));
        Assert.Equal((SrtpProfile)chosen, profile);
    }

    [Fact]
    public void NoCommonProfile_GivesNoKeys()
    {
        using var pair = new DtlsPair(clientProfiles: "SRTP_AES128_CM_SHA1_32");
        pair.Client.Start();
        pair.Deliver();
        Assert.False(pair.Server.TryGetSrtpKeys(out _, out _));
    }

    [Fact]
    public void Datagrams_FitTheMtu()
    {
        using var pair = new DtlsPair();
        var longest = 0;
        pair.Client.Start();
        pair.Deliver(datagram =>
        {
            longest = Math.Max(longest, datagram.Length);
            return true;
        });
        Assert.InRange(longest, 200, 1200);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void LostDatagram_IsRepairedByRetransmission(int lost)
    {
        using var pair = new DtlsPair();
        var count = 0;
        pair.Client.Start();
        pair.Deliver(_ => ++count != lost);
        for (var round = 0; round < 100 && (pair.Client.State, pair.Server.State) != (DtlsState.Connected, DtlsState.Connected); round++)
        {
            Thread.Sleep(20); // OpenSSL's retransmission timer reads the clock itself
            pair.Client.Tick();
            pair.Server.Tick();
            pair.Deliver();
        }

        Assert.Equal(DtlsState.Connected, pair.Client.State);
        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }

    [Fact]
    public void RecordsBehindARepeatedHello_AreRead()
    {
        using var pair = new DtlsPair();
        pair.Client.Start();
        Thread.Sleep(150); // past the client's retransmission: it repeats its hello in one datagram with its second flight
        pair.Deliver();
        Assert.Equal(DtlsState.Connected, pair.Client.State);
        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }

    [Fact]
    public void CloseNotify_IsSeen()
    {
        using var pair = new DtlsPair();
        pair.Client.Start();
        pair.Deliver();
        pair.Client.Close();
        pair.Deliver();
        Assert.Equal(DtlsState.Closed, pair.Server.State);
    }

    [Fact]
    public void EveryPrefixOfAClientHello_DoesNoHarm()
    {
        using var pair = new DtlsPair();
        pair.Client.Start();
        var hello = pair.ToServer.Dequeue();
        for (var length = 1; length < hello.Length; length++)
        {
            pair.Server.Receive(hello.AsSpan(0, length));
        }

        Assert.Equal(DtlsState.Handshaking, pair.Server.State);
        pair.Server.Receive(hello);
        pair.Deliver();
        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }

    [Fact]
    public void RandomRecords_NeverThrow()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            using var pair = new DtlsPair();
            for (var record = 0; record < 20; record++)
            {
                var bytes = new byte[13 + random.Next(0, 200)];
                random.NextBytes(bytes);
                bytes[0] = (byte)random.Next(20, 26);
                bytes[1] = 0xFE;
                bytes[2] = (byte)(random.Next(2) == 0 ? 0xFF : 0xFD);
                bytes.AsSpan(3, 7).Clear();
                bytes[10] = (byte)record;
                bytes[11] = 0;
                bytes[12] = (byte)(bytes.Length - 13);
                pair.Server.Receive(bytes);
            }
        }
    }

    [Fact]
    public void GarbageAfterTheHandshake_IsDropped()
    {
        using var pair = new DtlsPair();
        pair.Client.Start();
        pair.Deliver();
        var random = new Random(5);
        for (var round = 0; round < 1000; round++)
        {
            var bytes = new byte[13 + random.Next(0, 1200)];
            random.NextBytes(bytes);
            bytes[0] = (byte)random.Next(20, 64);
            pair.Server.Receive(bytes);
        }

        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }

    [Fact]
    public void FatalAlertInClear_AfterTheHandshake_IsIgnored()
    {
        using var pair = new DtlsPair();
        pair.Client.Start();
        pair.Deliver();
        pair.Server.Receive([21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40]);
        Assert.Equal(DtlsState.Connected, pair.Server.State);
    }
}
