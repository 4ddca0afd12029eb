using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LiveAvatar.Rtc.Transport;

/// <summary>An IP address and port as a plain value: the key of the demultiplexer, made and compared without allocation.</summary>
/// <remarks>IPv4 is kept as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2), so that one key type serves both families.</remarks>
internal readonly record struct RemoteAddress
{
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;

    private RemoteAddress(ulong high, ulong low, uint scope, ushort port)
    {
        _high = high;
        _low = low;
        _scope = scope;
        Port = port;
    }

    public ushort Port { get; }

    public bool IsIPv4 => _high == 0 && _low >> 32 == MappedPrefix >> 32;

    public static RemoteAddress From(IPEndPoint endPoint)
    {
        Span<byte> bytes = stackalloc byte[16];
        var scope = endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? (uint)endPoint.Address.ScopeId : 0;
        endPoint.Address.MapToIPv6().TryWriteBytes(bytes, out _);
        return new RemoteAddress(
            BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), scope, (ushort)endPoint.Port);
    }

    /// <summary>Reads a kernel socket address: sockaddr_in (port@2, address@4) or sockaddr_in6 (port@2, address@8, scope@24).</summary>
    public static bool TryFrom(AddressFamily family, ReadOnlySpan<byte> bytes, out RemoteAddress address)
    {
        if (family == AddressFamily.InterNetwork && bytes.Length >= 8)
        {
            address = new RemoteAddress(
                0, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), 0, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
            return true;
        }

        if (family == AddressFamily.InterNetworkV6 && bytes.Length >= 28)
        {
            // The scope is in host order, all else in network order.
            address = new RemoteAddress(
                BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
                BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
                BitConverter.ToUInt32(bytes[24..]),
                BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
            return true;
        }

        address = default;
        return false;
    }

    /// <summary>Fills a kernel socket address whose family was set when it was made.</summary>
    public void WriteTo(SocketAddress socketAddress)
    {
        var bytes = socketAddress.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], Port);
        if (socketAddress.Family == AddressFamily.InterNetwork)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)_low);
            return;
        }

        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], _low);
        BitConverter.TryWriteBytes(bytes[24..], _scope);
    }

    /// <summary>Writes the address in network order: 4 bytes for IPv4, 16 for IPv6. Returns the length.</summary>
    public int WriteAddress(Span<byte> destination)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        return 16;
    }

    public IPEndPoint ToEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = WriteAddress(bytes);
        var address = length == 4 ? new IPAddress(bytes[..4]) : new IPAddress(bytes, _scope);
        return new IPEndPoint(address, Port);
    }

    public override string ToString() => ToEndPoint().ToString();
}
