using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LiveAvatar.Rtc.Transport;

/// <summary>Room for the datagrams of one system call, and when the kernel received each (recvmmsg(2), SO_TIMESTAMPNS in socket(7)).</summary>
/// <remarks>All memory is pinned and used again; receiving allocates nothing. One thread.</remarks>
internal sealed class ReceiveBatch
{
    private const int Capacity = 32;           // datagrams: a burst of 50 viewers' feedback is read in two calls
    private const int MaxDatagram = 2048;      // more than any Ethernet frame: a longer one is cut, and then fails its parser
    private const int MaxName = 28;            // sockaddr_in6
    private const int MaxControl = 64;         // one cmsghdr (16) with a timespec (16), and room
    private const int SocketLevel = 1;         // SOL_SOCKET
    private const int TimestampOption = 35;    // SO_TIMESTAMPNS, also the type of its message
    private const int DontWait = 0x40;         // MSG_DONTWAIT
    private const int TimespecAt = 16;         // after the cmsghdr: length (8), level (4), type (4)
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1); // more is a step of the system's clock

    private readonly byte[] _data = GC.AllocateArray<byte>(Capacity * MaxDatagram, pinned: true);
    private readonly byte[] _names = GC.AllocateArray<byte>(Capacity * MaxName, pinned: true);
    private readonly byte[] _controls = GC.AllocateArray<byte>(Capacity * MaxControl, pinned: true);
    private readonly IoVector[] _vectors = GC.AllocateArray<IoVector>(Capacity, pinned: true);
    private readonly Message[] _messages = GC.AllocateArray<Message>(Capacity, pinned: true);

    public ReceiveBatch()
    {
        for (var i = 0; i < Capacity; i++)
        {
            _vectors[i] = new IoVector { Base = Address(_data, i * MaxDatagram), Length = MaxDatagram };
            _messages[i].Name = Address(_names, i * MaxName);
            _messages[i].Vectors = Marshal.UnsafeAddrOfPinnedArrayElement(_vectors, i);
            _messages[i].VectorCount = 1;
            _messages[i].Control = Address(_controls, i * MaxControl);
        }
    }

    /// <summary>Asks the kernel to say when datagrams came; where it cannot, nothing is said to have waited.</summary>
    public static void RequestTimestamps(Socket socket)
    {
        try
        {
            Span<byte> on = stackalloc byte[sizeof(int)];
            MemoryMarshal.Write(on, 1);
            socket.SetRawSocketOption(SocketLevel, TimestampOption, on);
        }
        catch (SocketException)
        {
            // Latency is then counted from when the receive thread ran.
        }
    }

    /// <summary>Takes what lies in a socket, without waiting.</summary>
    /// <returns>How many datagrams; 0 when there is none after all (a bad checksum), or for a pending error, which reading has cleared.</returns>
    public unsafe int Receive(Socket socket)
    {
        for (var i = 0; i < Capacity; i++)
        {
            _messages[i].NameLength = MaxName;
            _messages[i].ControlLength = MaxControl;
        }

        fixed (Message* messages = _messages)
        {
            return Math.Max(0, ReceiveMany((int)socket.Handle, messages, Capacity, DontWait, 0));
        }
    }

    /// <summary>Whether the last call may have left datagrams in the socket.</summary>
    public static bool WasFull(int count) => count == Capacity;

    /// <summary>The bytes of a datagram.</summary>
    public Span<byte> Datagram(int index) => _data.AsSpan(index * MaxDatagram, (int)Math.Min(_messages[index].Length, MaxDatagram));

    /// <summary>Who sent a datagram.</summary>
    public bool TryGetSender(int index, AddressFamily family, out RemoteAddress sender) =>
        RemoteAddress.TryFrom(family, _names.AsSpan(index * MaxName, Math.Min(_messages[index].NameLength, MaxName)), out sender);

    /// <summary>How long a datagram has waited in the socket.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="utcNow">The system's clock now.</param>
    public TimeSpan Waited(int index, DateTimeOffset utcNow)
    {
        var control = _controls.AsSpan(index * MaxControl, MaxControl);
        if ((long)_messages[index].ControlLength < TimespecAt + 16
            || MemoryMarshal.Read<int>(control[8..]) != SocketLevel || MemoryMarshal.Read<int>(control[12..]) != TimestampOption)
        {
            return TimeSpan.Zero;
        }

        var seconds = MemoryMarshal.Read<long>(control[TimespecAt..]);
        var nanoseconds = MemoryMarshal.Read<long>(control[(TimespecAt + 8)..]);
        var waited = (utcNow - DateTimeOffset.UnixEpoch) - new TimeSpan((seconds * TimeSpan.TicksPerSecond) + (nanoseconds / TimeSpan.NanosecondsPerTick));
        return waited >= TimeSpan.Zero && waited <= MaxWait ? waited : TimeSpan.Zero;
    }

    private static nint Address(byte[] array, int index) => Marshal.UnsafeAddrOfPinnedArrayElement(array, index);

    [DllImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static extern unsafe int ReceiveMany(int socket, Message* messages, uint count, int flags, nint timeout);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public nint Base;
        public nuint Length;
    }

    /// <summary>struct mmsghdr of 64-bit Linux: a msghdr, then how many bytes came.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public nint Name;
        public int NameLength;
        public nint Vectors;
        public nuint VectorCount;
        public nint Control;
        public nuint ControlLength;
        public int Flags;
        private readonly int _endOfHeader; // a msghdr ends on 8 bytes
        public uint Length;
        private readonly int _endOfMessage;
    }
}
