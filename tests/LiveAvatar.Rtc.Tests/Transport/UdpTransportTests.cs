using System.Net;
using System.Net.Sockets;
using LiveAvatar.Rtc.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Rtc.Tests.Transport;

public sealed class UdpTransportTests
{
    [Fact]
    public async Task Datagrams_GoBothWaysOnEveryAddress()
    {
        var addresses = LocalAddresses.Find();
        Assert.Contains(addresses, IPAddress.IsLoopback);
        await using var transport = new UdpTransport(addresses, 0, NullLogger.Instance);
        Assert.Single(transport.LocalEndPoints.Select(endPoint => endPoint.Port).Distinct());
        transport.Start((in NetworkPath path, Span<byte> datagram, TimeSpan _) =>
        {
            datagram[0]++;
            transport.Send(path, datagram);
        });
        foreach (var endPoint in transport.LocalEndPoints)
        {
            using var client = new UdpClient(endPoint.AddressFamily);
            client.Connect(endPoint);
            await client.SendAsync(new byte[] { 41, 7 }, TestContext.Current.CancellationToken);
            var answer = await client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
            Assert.Equal([42, 7], answer.Buffer);
        }
    }

    [Fact]
    public async Task WildcardSocket_ServesBothFamilies()
    {
        await using var transport = new UdpTransport([IPAddress.IPv6Any], 0, NullLogger.Instance);
        transport.Start((in NetworkPath path, Span<byte> datagram, TimeSpan _) => transport.Send(path, datagram));
        using var client = new UdpClient(AddressFamily.InterNetwork);
        client.Connect(new IPEndPoint(IPAddress.Loopback, transport.LocalEndPoints[0].Port));
        await client.SendAsync(new byte[] { 9 }, TestContext.Current.CancellationToken);
        var answer = await client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal([9], answer.Buffer);
    }

    [Fact]
    public async Task FailingHandler_DoesNotEndTheLoop()
    {
        await using var transport = new UdpTransport([IPAddress.Loopback], 0, NullLogger.Instance);
        transport.Start((in NetworkPath path, Span<byte> datagram, TimeSpan _) =>
        {
            if (datagram[0] == 0)
            {
                throw new InvalidOperationException("on purpose");
            }

            transport.Send(path, datagram);
        });
        using var client = new UdpClient(AddressFamily.InterNetwork);
        client.Connect(transport.LocalEndPoints[0]);
        await client.SendAsync(new byte[] { 0 }, TestContext.Current.CancellationToken);
        await client.SendAsync(new byte[] { 5 }, TestContext.Current.CancellationToken);
        var answer = await client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal([5], answer.Buffer);
    }

    [Fact]
    public async Task TimeInTheSocket_IsToldByTheKernelsClock()
    {
        var waits = new List<TimeSpan>();
        using var done = new ManualResetEventSlim();
        await using var transport = new UdpTransport([IPAddress.Loopback], 0, NullLogger.Instance);
        using var client = new UdpClient(AddressFamily.InterNetwork);
        client.Connect(transport.LocalEndPoints[0]);
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(new byte[] { (byte)i }, TestContext.Current.CancellationToken);
        }

        await Task.Delay(200, TestContext.Current.CancellationToken); // nobody reads yet
        transport.Start((in NetworkPath path, Span<byte> datagram, TimeSpan waited) =>
        {
            waits.Add(waited);
            if (waits.Count == 3)
            {
                done.Set();
            }
        });
        Assert.True(done.Wait(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        Assert.All(waits, wait => Assert.InRange(wait.TotalMilliseconds, 190, 999));
        Assert.True(waits[0] >= waits[1] && waits[1] >= waits[2]); // read together, come one after the other
    }

    [Fact]
    public async Task BurstLargerThanABatch_ArrivesWholeAndInOrder()
    {
        const int Count = 200;
        var received = new List<int>();
        using var done = new ManualResetEventSlim();
        await using var transport = new UdpTransport([IPAddress.Loopback], 0, NullLogger.Instance);
        using var client = new UdpClient(AddressFamily.InterNetwork);
        client.Connect(transport.LocalEndPoints[0]);
        for (var i = 0; i < Count; i++)
        {
            await client.SendAsync(new byte[i + 1], TestContext.Current.CancellationToken);
        }

        transport.Start((in NetworkPath path, Span<byte> datagram, TimeSpan _) =>
        {
            received.Add(datagram.Length);
            if (received.Count == Count)
            {
                done.Set();
            }
        });
        Assert.True(done.Wait(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        Assert.Equal(Enumerable.Range(1, Count), received);
    }

    [Fact]
    public async Task ReceivingAndSending_DoNotAllocate()
    {
        const int PerRun = 500;
        const int Runs = 4;
        var allocated = new long[Runs + 1]; // by the end of the warm-up, and of each run
        var received = 0;
        using var done = new ManualResetEventSlim();
        await using var transport = new UdpTransport([IPAddress.Loopback], 0, NullLogger.Instance);
        transport.Start((in NetworkPath path, Span<byte> datagram, TimeSpan _) =>
        {
            transport.Send(path, datagram);
            if (++received % PerRun == 0)
            {
                allocated[(received / PerRun) - 1] = GC.GetAllocatedBytesForCurrentThread();
                if (received == (Runs + 1) * PerRun)
                {
                    done.Set();
                }
            }
        });
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        Echo(client, transport.LocalEndPoints[0], (Runs + 1) * PerRun);
        Assert.True(done.Wait(5000, TestContext.Current.CancellationToken));
        Allocation.AssertNoneIn([.. allocated.Skip(1).Zip(allocated, (after, before) => after - before)]);
    }

    private static void Echo(Socket client, IPEndPoint server, int count)
    {
        client.Connect(server);
        var bytes = new byte[500];
        for (var round = 0; round < count; round++)
        {
            client.Send(bytes);
            client.Receive(bytes);
        }
    }

    [Fact]
    public void NothingBindable_IsTold() => Assert.Throws<SocketException>(
        () => new UdpTransport([IPAddress.Parse("203.0.113.7")], 0, NullLogger.Instance));
}
