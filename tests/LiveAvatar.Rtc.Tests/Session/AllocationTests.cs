using System.Net;
using System.Net.Sockets;

namespace LiveAvatar.Rtc.Tests.Session;

/// <summary>Steady traffic allocates nothing on the threads that serve every session.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 200;
    private const int Runs = 3;

    [Fact]
    public async Task Receiving_DoesNotAllocate()
    {
        var observer = new CountingObserver();
        await using var call = Call.Prepare(observer: observer);
        call.Client.Connect(call.Peer, call.Server);
        await call.Client.Secured.WaitAsync(Call.Patience, TestContext.Current.CancellationToken);
        var sequence = 0;
        await AssertNoneAsync(observer, async () =>
        {
            for (var index = 0; index < Rounds; index++)
            {
                sequence++;
                call.Client.SendAudio((ushort)sequence, (uint)(sequence * 960), new byte[80]);
                await Call.Until(() => observer.Count == sequence, "the packet");
            }
        });
    }

    [Fact]
    public async Task Sending_DoesNotAllocate()
    {
        await using var call = await Call.ConnectAsync();
        var frame = new byte[4000];
        var audio = new byte[80];
        var round = 0;
        Allocation.AssertNone(() =>
        {
            call.Peer.SendVideo(frame, round * 3600, round == 0, 0, 1);
            call.Peer.SendAudio(audio, round * 1920, false, 1);
            round++;
        });
    }

    [Fact]
    public async Task StrangersDatagrams_DoNotAllocate()
    {
        var observer = new CountingObserver();
        await using var call = Call.Prepare(observer: observer);
        call.Client.Connect(call.Peer, call.Server);
        await call.Client.Secured.WaitAsync(Call.Patience, TestContext.Current.CancellationToken);
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var check = new byte[512];
        Array.Resize(ref check, TestPeer.WriteCheck(check, "AAAAAAAA:peer", "notthepasswordnotthepass"u8.ToArray(), nominate: true));
        var forged = new byte[512];
        Array.Resize(ref forged, TestPeer.WriteCheck(forged, $"{call.Peer.Session.LocalUfrag}:peer", "notthepasswordnotthepass"u8.ToArray(), nominate: true));
        var record = new byte[100];
        record[0] = 22;
        var media = new byte[100];
        media[0] = 0x80;

        // Two packets of the peer enclose the strangers' and read the receive thread's count.
        ushort mark = 0;
        await AssertNoneAsync(observer, async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var datagram in (byte[][])[check, forged, record, media])
                {
                    await stranger.SendAsync(datagram, call.Server, TestContext.Current.CancellationToken);
                }
            }

            mark++;
            call.Client.SendAudio(mark, 960u * mark, [1]);
            await Call.Until(() => observer.Count == mark, "the mark");
        });
    }

    private static async Task AssertNoneAsync(CountingObserver observer, Func<Task> step)
    {
        await step(); // warms up
        var allocated = new List<long>();
        for (var run = 0; run < Runs; run++)
        {
            var before = observer.Allocated;
            await step();
            allocated.Add(observer.Allocated - before);
        }

        Allocation.AssertNoneIn(allocated);
    }

    /// <summary>Notes how much the receive thread has allocated by each audio packet.</summary>
    private sealed class CountingObserver : IPeerObserver
    {
        private long _allocated;
        private int _count;

        public long Allocated => Interlocked.Read(ref _allocated);

        public int Count => Volatile.Read(ref _count);

        public void OnConnected()
        {
        }

        public void OnAudioPacket(in ReceivedAudio packet)
        {
            Interlocked.Exchange(ref _allocated, GC.GetAllocatedBytesForCurrentThread());
            Interlocked.Increment(ref _count);
        }

        public void OnKeyFrameRequested()
        {
        }

        public void OnClosed(SessionEndReason reason)
        {
        }
    }
}
