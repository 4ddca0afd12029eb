using System.Net;
using System.Net.Sockets;
using LiveAvatar.Rtc.Dtls;

namespace LiveAvatar.Rtc.Tests.Session;

/// <summary>What strangers and broken peers throw at the port (notes: DTLS hello races, RTP injection, bad-packet hang-ups).</summary>
public sealed class AttackTests
{
    [Fact]
    public async Task ClientHelloOfAStranger_IsIgnored()
    {
        await using var call = Call.Prepare();
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var context = new DtlsContext(DtlsCertificate.Create(DateTimeOffset.UtcNow));
        using var dtls = new DtlsConnection(context, isServer: false, datagram => stranger.Send(datagram.ToArray(), call.Server));
        dtls.Start();
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(0, stranger.Available);
        Assert.Equal(PeerState.New, call.Peer.State);

        call.Client.Connect(call.Peer, call.Server);
        await call.Observer.Connected.WaitAsync(Call.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ChecksForNobody_AreNotAnswered()
    {
        await using var call = Call.Prepare();
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var buffer = new byte[512];
        foreach (var username in (string[])["AAAAAAAA:peer", "short:peer", ":", new string('x', 400), $"{call.Peer.Session.LocalUfrag}:peer"])
        {
            var length = TestPeer.WriteCheck(buffer, username, "notthepasswordnotthepass"u8.ToArray(), nominate: true);
            await stranger.SendAsync(buffer.AsMemory(0, length), call.Server, TestContext.Current.CancellationToken);
        }

        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(0, stranger.Available);
        Assert.Equal(0, call.Endpoint.Directory.PathCount);
    }

    [Fact]
    public async Task GarbageFlood_DoesNoHarm()
    {
        await using var call = await Call.ConnectAsync();
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var random = new Random(17);
        for (var round = 0; round < 5000; round++)
        {
            var bytes = new byte[random.Next(0, 1400)];
            random.NextBytes(bytes);
            await stranger.SendAsync(bytes, call.Server, TestContext.Current.CancellationToken);
            if (round % 2 == 0 && bytes.Length > 0)
            {
                call.Client.SendRaw(bytes); // and from the peer's own, validated address
            }
        }

        call.Client.SendAudio(1, 960, [1]);
        await Call.Until(() => call.Observer.Audio.Count == 1, "audio after the flood");
        Assert.Equal(PeerState.Connected, call.Peer.State);
        Assert.Equal(1, call.Endpoint.Directory.PathCount);
    }

    [Fact]
    public async Task BadMediaFromThePeersAddress_DoesNotHangUp()
    {
        await using var call = await Call.ConnectAsync();
        var packet = new byte[200];
        packet[0] = 0x80;
        packet[1] = TestOffer.OpusType;
        for (var round = 0; round < 500; round++)
        {
            packet[3] = (byte)round;
            call.Client.SendRaw(packet);
        }

        await Call.Until(() => call.Peer.GetStats().PacketsRefused >= 400, "refusals counted");
        Assert.Equal(PeerState.Connected, call.Peer.State);
        Assert.Empty(call.Observer.Audio);
    }

    [Fact]
    public async Task MediaInjectedFromAnotherAddress_IsIgnored()
    {
        await using var call = await Call.ConnectAsync();
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var packet = new byte[200];
        packet[0] = 0x80;
        packet[1] = TestOffer.OpusType;
        await stranger.SendAsync(packet, call.Server, TestContext.Current.CancellationToken);
        call.Peer.SendVideo([1], 0, keyFrame: true, 0, 0);
        await Call.Until(() => !call.Client.Packets.IsEmpty, "video at the true peer");
        Assert.Equal(0, stranger.Available);
        Assert.Equal(0, call.Peer.GetStats().PacketsRefused);
    }

    [Fact]
    public async Task AddressOfALivingPeer_CannotBeTakenOver()
    {
        await using var call = await Call.ConnectAsync();
        using var other = new TestPeer();
        var peer = call.Endpoint.CreatePeer(other.ParsedOffer, new PeerOptions { ReceiveAudio = true }, new RecordingObserver());

        // A check with another session's true credentials, from (as it looks) the first peer's address.
        var buffer = new byte[512];
        var length = TestPeer.WriteCheck(
            buffer, $"{peer.Session.LocalUfrag}:{other.Offer.Ufrag}", System.Text.Encoding.ASCII.GetBytes(peer.Session.LocalPwd), nominate: true);
        call.Client.SendRaw(buffer.AsSpan(0, length));
        await Task.Delay(100, TestContext.Current.CancellationToken);
        call.Client.SendAudio(1, 960, [1]);
        await Call.Until(() => call.Observer.Audio.Count == 1, "audio of the rightful peer");
        Assert.Equal(PeerState.New, peer.State);
    }

    [Fact]
    public async Task HostileReports_DoNoHarm()
    {
        await using var call = await Call.ConnectAsync();
        var random = new Random(23);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = new byte[8 + random.Next(0, 300)];
            random.NextBytes(bytes);
            bytes[0] = (byte)(0x80 | random.Next(0x40));
            bytes[1] = (byte)(random.Next(2) == 0 ? random.Next(200, 203) : random.Next(204, 208)); // all kinds but BYE
            bytes[2] = 0;
            bytes[3] = (byte)random.Next(0, bytes.Length / 4);
            bytes.AsSpan(4, 2).Clear(); // one of four senders: more streams than a peer may have are refused before they are read
            bytes[6] = 3;
            bytes[7] = (byte)(0xE9 + random.Next(4));
            call.Client.SendRtcp(bytes);
        }

        call.Client.SendAudio(1, 960, [1]);
        await Call.Until(() => call.Observer.Audio.Count == 1, "audio after the reports");
        Assert.Equal(PeerState.Connected, call.Peer.State);
    }
}
