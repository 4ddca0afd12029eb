using System.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Rtc.Tests.Session;

/// <summary>An endpoint and a test peer that calls it over loopback.</summary>
internal sealed class Call : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private Call(RtcOptions options, TimeProvider time)
    {
        Endpoint = new RtcEndpoint(options, time, NullLoggerFactory.Instance);
        Endpoint.Start();
    }

    public RtcEndpoint Endpoint { get; }

    public TestPeer Client { get; } = new();

    public RecordingObserver Observer { get; } = new();

    public PeerConnection Peer { get; private set; } = null!;

    public IPEndPoint Server => new(IPAddress.Loopback, Endpoint.Port);

    public static RtcOptions Options => new() { Port = 0, BindAddresses = [IPAddress.Loopback] };

    /// <summary>Makes endpoint, offer and answer; the client does not probe yet.</summary>
    public static Call Prepare(RtcOptions? options = null, Action<TestPeer>? client = null, PeerOptions? peer = null, TimeProvider? time = null, IPeerObserver? observer = null)
    {
        var call = new Call(options ?? Options, time ?? TimeProvider.System);
        client?.Invoke(call.Client);
        call.Peer = call.Endpoint.CreatePeer(
            call.Client.ParsedOffer, peer ?? new PeerOptions { ReceiveAudio = true, SendAudio = true, SendVideo = true }, observer ?? call.Observer);
        return call;
    }

    /// <summary>Makes a call and waits until both sides are connected.</summary>
    public static async Task<Call> ConnectAsync(RtcOptions? options = null, Action<TestPeer>? client = null, PeerOptions? peer = null, TimeProvider? time = null)
    {
        var call = Prepare(options, client, peer, time);
        call.Client.Connect(call.Peer, call.Server);
        await call.Observer.Connected.WaitAsync(Patience);
        await call.Client.Secured.WaitAsync(Patience);
        return call;
    }

    public static async Task Until(Func<bool> condition, string what, TimeSpan? patience = null)
    {
        var deadline = Environment.TickCount64 + (long)(patience ?? Patience).TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, $"waited in vain: {what}");
            await Task.Delay(5);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Endpoint.DisposeAsync();
        Assert.Equal(0, Endpoint.PeerCount);
        Assert.Equal(0, Endpoint.Directory.PathCount);
        Assert.Equal(0, Endpoint.Directory.UfragCount);
    }
}
