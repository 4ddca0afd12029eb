using System.Buffers.Binary;

namespace LiveAvatar.Rtc.Tests.Session;

/// <summary>Writes transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01) for each twenty numbers.</summary>
internal sealed class TransportReporter
{
    private const int PerReport = 20;
    private readonly SortedDictionary<int, TimeSpan> _arrivals = [];
    private int _next;
    private int _wraps;
    private int _last = -1;
    private byte _count;

    public void OnPacket(TestPacket packet, TestPeer peer)
    {
        if (packet.Extension(3) is not { } element)
        {
            return;
        }

        int number = BinaryPrimitives.ReadUInt16BigEndian(element);
        _wraps += _last > 60000 && number < 5000 ? 65536 : 0;
        _last = number;
        _arrivals[number + _wraps] = packet.Arrived;
        while (_arrivals.Count > 0 && _arrivals.Keys.Last() >= _next + PerReport)
        {
            Report(peer);
        }
    }

    private void Report(TestPeer peer)
    {
        var numbers = Enumerable.Range(_next, PerReport).ToArray();
        var arrived = numbers.Where(_arrivals.ContainsKey).ToArray();
        _next += PerReport;
        if (arrived.Length == 0)
        {
            return;
        }

        // Two-bit statuses, seven to a chunk; every delta in the 16-bit form.
        var packet = new List<byte> { 0x8F, 205, 0, 0, 0, 0, 3, 0xE9, 0, 0, 0, 1 };
        packet.AddRange([(byte)(numbers[0] >> 8), (byte)numbers[0], 0, PerReport]);
        var reference = (long)(_arrivals[arrived[0]].TotalMilliseconds / 64);
        packet.AddRange([(byte)(reference >> 16), (byte)(reference >> 8), (byte)reference, _count++]);
        for (var start = 0; start < PerReport; start += 7)
        {
            var chunk = 0xC000;
            for (var index = 0; index < 7 && start + index < PerReport; index++)
            {
                chunk |= _arrivals.ContainsKey(numbers[start + index]) ? 2 << (12 - (2 * index)) : 0;
            }

            packet.AddRange([(byte)(chunk >> 8), (byte)chunk]);
        }

        var at = reference * 64.0;
        foreach (var number in arrived)
        {
            var delta = (short)Math.Round((_arrivals[number].TotalMilliseconds - at) * 4);
            at += delta / 4.0;
            packet.AddRange([(byte)(delta >> 8), (byte)delta]);
            _arrivals.Remove(number);
        }

        while (packet.Count % 4 != 0)
        {
            packet.Add(0);
        }

        packet[3] = (byte)((packet.Count / 4) - 1);
        peer.SendRtcp(packet.ToArray());
    }
}
