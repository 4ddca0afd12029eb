using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>Datagrams that nobody asked for, sent to the media port.</summary>
internal sealed class Hostile : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly IPEndPoint _target;
    private readonly Random _random = new(20);

    public Hostile(int mediaPort) => _target = new IPEndPoint(IPAddress.Loopback, mediaPort);

    /// <summary>Random bytes of random lengths; every first byte, so that each protocol's parser gets its share (RFC 7983).</summary>
    public async Task FloodAsync(int datagrams)
    {
        for (var i = 0; i < datagrams; i++)
        {
            var datagram = new byte[_random.Next(1, 1400)];
            _random.NextBytes(datagram);
            datagram[0] = (byte)i;
            await _socket.SendAsync(datagram, _target);
            if (i % 100 == 0)
            {
                await Task.Delay(1); // a flood, not a denial of the loopback device
            }
        }
    }

    /// <summary>A connectivity check with the right user name and a wrong password (RFC 8445 section 7.3).</summary>
    public Task SendBindingRequestAsync(string serverFragment, string password)
    {
        var user = Encoding.UTF8.GetBytes(serverFragment + ":stranger");
        var padded = (user.Length + 3) & ~3;
        var message = new byte[20 + 4 + padded + 4 + 24 + 8];
        BinaryPrimitives.WriteUInt16BigEndian(message, 0x0001); // Binding request
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), 0x2112A442); // magic cookie
        _random.NextBytes(message.AsSpan(8, 12));
        var at = WriteAttribute(message, 20, 0x0006, user); // USERNAME
        at = WriteAttribute(message, at, 0x0025, []); // USE-CANDIDATE
        WriteLength(message, at + 24);
#pragma warning disable CA5350 // MESSAGE-INTEGRITY is HMAC-SHA1 (RFC 8489 section 14.5)
        var code = HMACSHA1.HashData(Encoding.UTF8.GetBytes(password), message.AsSpan(0, at));
#pragma warning restore CA5350
        at = WriteAttribute(message, at, 0x0008, code); // MESSAGE-INTEGRITY
        WriteLength(message, at + 8);
        var fingerprint = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(fingerprint, Crc32(message.AsSpan(0, at)) ^ 0x5354554E);
        WriteAttribute(message, at, 0x8028, fingerprint); // FINGERPRINT
        return _socket.SendAsync(message, _target).AsTask();
    }

    /// <summary>A DTLS 1.2 ClientHello with one cipher suite, from an address no check has come from (RFC 6347).</summary>
    public Task SendClientHelloAsync()
    {
        byte[] body =
        [
            0xFE, 0xFD, // DTLS 1.2
            .. RandomNumberGenerator.GetBytes(32),
            0, 0, // no session, no cookie
            0, 2, 0xC0, 0x2B, // ECDHE-ECDSA-AES128-GCM-SHA256
            1, 0, // no compression
            0, 0, // no extensions
        ];
        byte[] handshake = [1, 0, 0, (byte)body.Length, 0, 0, 0, 0, 0, 0, 0, (byte)body.Length, .. body];
        byte[] record = [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)handshake.Length, .. handshake];
        return _socket.SendAsync(record, _target).AsTask();
    }

    /// <summary>What came back so far.</summary>
    public IReadOnlyList<byte[]> ReadReplies()
    {
        var replies = new List<byte[]>();
        while (_socket.Available > 0)
        {
            IPEndPoint? from = null;
            replies.Add(_socket.Receive(ref from));
        }

        return replies;
    }

    public void Dispose() => _socket.Dispose();

    private static int WriteAttribute(byte[] message, int at, ushort type, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at), type);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 2), (ushort)value.Length);
        value.CopyTo(message.AsSpan(at + 4));
        return at + 4 + ((value.Length + 3) & ~3);
    }

    // CRC-32 of ISO 3309, as FINGERPRINT wants it (RFC 8489 section 14.7).
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }

    private static void WriteLength(byte[] message, int end) =>
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(end - 20));
}
