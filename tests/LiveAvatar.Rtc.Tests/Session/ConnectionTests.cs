using LiveAvatar.Rtc.Ice;

namespace LiveAvatar.Rtc.Tests.Session;

public sealed class ConnectionTests
{
    [Theory]
    [InlineData("actpass")]
    [InlineData("passive")]
    public async Task Call_Connects(string setup)
    {
        await using var call = await Call.ConnectAsync(client: client =>
        {
            client.Offer = client.Offer with { Setup = setup };
            client.IsDtlsServer = setup == "passive";
        });
        Assert.Equal(PeerState.Connected, call.Peer.State);
        Assert.Contains("AeadAes128Gcm", call.Peer.GetStats().Security, StringComparison.Ordinal);
        Assert.Equal(1, call.Endpoint.PeerCount);
    }

    [Fact]
    public async Task WrongFingerprint_IsRefused()
    {
        await using var call = Call.Prepare(client: client =>
        {
            using var other = new TestPeer();
            client.Offer = client.Offer with { Fingerprint = other.Certificate.Fingerprint };
        });
        call.Client.Connect(call.Peer, call.Server);
        Assert.Equal(SessionEndReason.FingerprintMismatch, await call.Observer.Closed.WaitAsync(Call.Patience, TestContext.Current.CancellationToken));
        Assert.False(call.Observer.Connected.IsCompleted);
        Assert.Equal(0, call.Observer.KeyFrameRequests);
        Assert.Equal(0, call.Endpoint.PeerCount);
    }

    [Fact]
    public async Task BadPassword_GetsNoAnswer_AndTheSessionStillConnects()
    {
        await using var call = Call.Prepare();
        call.Client.Connect(call.Peer, call.Server, password: "wrongwrongwrongwrongwrongwr");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(0, call.Client.Answers);
        Assert.Empty(call.Client.StunErrors);
        Assert.Equal(PeerState.New, call.Peer.State);
        Assert.Equal(0, call.Endpoint.Directory.PathCount);
        call.Client.Use(call.Peer);
        await call.Observer.Connected.WaitAsync(Call.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task NoCheck_EndsAsIceFailed()
    {
        await using var call = Call.Prepare(Call.Options with { IceTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal(SessionEndReason.IceFailed, await call.Observer.Closed.WaitAsync(Call.Patience, TestContext.Current.CancellationToken));
        Assert.Equal(0, call.Endpoint.PeerCount);
    }

    [Fact]
    public async Task NoHandshake_EndsAsDtlsFailed()
    {
        await using var call = Call.Prepare(
            Call.Options with { DtlsTimeout = TimeSpan.FromMilliseconds(300) }, client => client.IsDtlsServer = true);
        call.Client.Connect(call.Peer, call.Server);
        Assert.Equal(SessionEndReason.DtlsFailed, await call.Observer.Closed.WaitAsync(Call.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task SilentPeer_LosesItsConsent()
    {
        await using var call = await Call.ConnectAsync(Call.Options with { ConsentTimeout = TimeSpan.FromMilliseconds(500) });
        await Task.Delay(800, TestContext.Current.CancellationToken);
        Assert.False(call.Observer.Closed.IsCompleted);
        call.Client.ChecksPaused = true;
        Assert.Equal(SessionEndReason.PeerTimedOut, await call.Observer.Closed.WaitAsync(Call.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ConsentOfThirtySeconds_IsMeasuredOnTheGivenClock()
    {
        var time = new ManualTime();
        await using var call = await Call.ConnectAsync(time: time);
        call.Client.ChecksPaused = true;
        await Task.Delay(100, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(29.9));
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(PeerState.Connected, call.Peer.State);
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(SessionEndReason.PeerTimedOut, await call.Observer.Closed.WaitAsync(Call.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task CloseNotify_EndsTheSession()
    {
        await using var call = await Call.ConnectAsync();
        call.Client.CloseDtls();
        Assert.Equal(SessionEndReason.PeerClosed, await call.Observer.Closed.WaitAsync(Call.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Bye_EndsTheSession()
    {
        await using var call = await Call.ConnectAsync();
        call.Client.SendRtcp([0x80, 201, 0, 1, 0, 0, 3, 0xE9, 0x81, 203, 0, 1, 0, 0, 3, 0xE9]);
        Assert.Equal(SessionEndReason.PeerClosed, await call.Observer.Closed.WaitAsync(Call.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Dispose_SaysGoodbyeOnce_AndFreesEverything()
    {
        await using var call = await Call.ConnectAsync();
        await call.Peer.DisposeAsync();
        Assert.Equal(SessionEndReason.LocalClose, await call.Observer.Closed.WaitAsync(Call.Patience, TestContext.Current.CancellationToken));
        Assert.Equal(PeerState.Closed, call.Peer.State);
        Assert.Equal(0, call.Endpoint.PeerCount);
        Assert.Equal(0, call.Endpoint.Directory.PathCount);
        await Call.Until(() => call.Client.DtlsState == LiveAvatar.Rtc.Dtls.DtlsState.Closed, "close_notify at the peer");
        Assert.Contains(call.Client.Reports, report => report.Contains((byte)203));

        // What still comes in or goes out is harmless.
        call.Peer.SendVideo(new byte[100], 0, true, 0, 0);
        call.Peer.SendAudio(new byte[10], 0, false, 0);
        await call.Peer.DisposeAsync();
        Assert.Equal(1, call.Observer.ClosedCalls);
    }

    [Fact]
    public async Task Shutdown_EndsEverySession()
    {
        var call = await Call.ConnectAsync();
        await call.DisposeAsync();
        Assert.Equal(SessionEndReason.ServerShutdown, await call.Observer.Closed.WaitAsync(Call.Patience, TestContext.Current.CancellationToken));
        Assert.Throws<PeerLimitException>(() => call.Endpoint.CreatePeer(call.Client.ParsedOffer, new PeerOptions { ReceiveAudio = true }, call.Observer));
    }

    [Fact]
    public async Task PeersBeyondTheLimit_AreRefused()
    {
        await using var call = Call.Prepare(Call.Options with { MaxSessions = 1 });
        Assert.Throws<PeerLimitException>(() => call.Endpoint.CreatePeer(call.Client.ParsedOffer, new PeerOptions { ReceiveAudio = true }, new RecordingObserver()));
        await call.Peer.DisposeAsync();
        Assert.NotNull(call.Endpoint.CreatePeer(call.Client.ParsedOffer, new PeerOptions { ReceiveAudio = true }, new RecordingObserver()));
    }

    [Fact]
    public async Task NewAddress_KeepsTheMediaFlowing()
    {
        await using var call = await Call.ConnectAsync();
        call.Client.SendAudio(1, 960, [1]);
        await Call.Until(() => call.Observer.Audio.Count == 1, "audio before the move");
        call.Client.MoveToNewAddress();
        await Call.Until(() => call.Peer.GetStats().PathChanges == 1, "the new path is chosen");
        call.Client.SendAudio(2, 1920, [2]);
        await Call.Until(() => call.Observer.Audio.Count == 2, "audio after the move");
        call.Peer.SendVideo(new byte[500], 90_000, true, 0, 0);
        await Call.Until(() => call.Client.Packets.Any(packet => packet.PayloadType == TestOffer.VideoType), "video at the new address");
    }

    [Fact]
    public async Task IceRestart_IsAnsweredWithNewCredentials()
    {
        await using var call = await Call.ConnectAsync();
        var (tag, ufrag) = (call.Peer.ETag, call.Peer.Session.LocalUfrag);
        Assert.True(LiveAvatar.Rtc.Sdp.IceFragment.TryParse("a=ice-ufrag:anew\r\na=ice-pwd:anewanewanewanewanewanew\r\n", out var fragment, out _));
        var answer = call.Peer.RestartIce(fragment);
        Assert.NotEqual(tag, call.Peer.ETag);
        Assert.Contains($"a=ice-ufrag:{call.Peer.Session.LocalUfrag}", answer, StringComparison.Ordinal);
        Assert.NotEqual(ufrag, call.Peer.Session.LocalUfrag);

        call.Client.SendAudio(1, 960, [1]);
        await Call.Until(() => call.Observer.Audio.Count == 1, "media during the restart");
        call.Client.Offer = call.Client.Offer with { Ufrag = "anew" };
        call.Client.Use(call.Peer);
        call.Client.MoveToNewAddress();
        await Call.Until(() => call.Peer.GetStats().PathChanges == 1 && call.Endpoint.Directory.UfragCount == 1, "the restart is finished");
        call.Client.SendAudio(2, 1920, [2]);
        await Call.Until(() => call.Observer.Audio.Count == 2, "media after the restart");
    }

    [Fact]
    public async Task FailingObserver_ClosesOnlyItsPeer()
    {
        await using var call = await Call.ConnectAsync();
        using var other = new TestPeer();
        var observer = new RecordingObserver();
        var peer = call.Endpoint.CreatePeer(other.ParsedOffer, new PeerOptions { ReceiveAudio = true }, observer);
        other.Connect(peer, call.Server);
        await observer.Connected.WaitAsync(Call.Patience, TestContext.Current.CancellationToken);
        await other.Secured.WaitAsync(Call.Patience, TestContext.Current.CancellationToken);

        call.Observer.AudioHook = () => throw new InvalidOperationException("on purpose");
        call.Client.SendAudio(1, 960, [1]);
        Assert.Equal(SessionEndReason.MediaFailed, await call.Observer.Closed.WaitAsync(Call.Patience, TestContext.Current.CancellationToken));
        other.SendAudio(1, 960, [2]);
        await Call.Until(() => observer.Audio.Count == 1, "the other peer's audio");
    }

    [Fact]
    public async Task ManyCalls_LeaveNothingBehind()
    {
        await using var call = await Call.ConnectAsync();
        for (var round = 0; round < 20; round++)
        {
            using var client = new TestPeer();
            var observer = new RecordingObserver();
            var peer = call.Endpoint.CreatePeer(client.ParsedOffer, new PeerOptions { ReceiveAudio = true }, observer);
            client.Connect(peer, call.Server);
            await observer.Connected.WaitAsync(Call.Patience, TestContext.Current.CancellationToken);
            await client.Secured.WaitAsync(Call.Patience, TestContext.Current.CancellationToken);
            if (round % 2 == 0)
            {
                await peer.DisposeAsync();
            }
            else
            {
                client.CloseDtls();
                Assert.Equal(SessionEndReason.PeerClosed, await observer.Closed.WaitAsync(Call.Patience, TestContext.Current.CancellationToken));
            }

            Assert.Equal((1, 1, 1), (call.Endpoint.PeerCount, call.Endpoint.Directory.PathCount, call.Endpoint.Directory.UfragCount));
        }
    }

    [Fact]
    public async Task AuthenticButImproperCheck_IsAnswered487()
    {
        await using var call = Call.Prepare();
        call.Client.ChecksPaused = true;
        call.Client.Connect(call.Peer, call.Server);
        var buffer = new byte[256];
        var writer = new StunWriter(buffer, StunType.BindingRequest, new byte[12]);
        writer.Add(StunAttribute.Username, System.Text.Encoding.ASCII.GetBytes($"{call.Peer.Session.LocalUfrag}:peer"));
        writer.Add(StunAttribute.IceControlled, new byte[8]);
        writer.Add(StunAttribute.Priority, [0, 0, 0, 1]);
        var length = writer.Finish(System.Text.Encoding.ASCII.GetBytes(call.Peer.Session.LocalPwd));
        call.Client.SendRaw(buffer.AsSpan(0, length));
        await Call.Until(() => !call.Client.StunErrors.IsEmpty, "error 487");
        Assert.Equal(PeerState.New, call.Peer.State);
    }
}
