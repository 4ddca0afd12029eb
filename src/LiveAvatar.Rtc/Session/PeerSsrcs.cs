using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LiveAvatar.Rtc.Session;

/// <summary>The SSRCs of the streams sent to one peer; distinct and random (RFC 3550 section 8).</summary>
internal readonly record struct PeerSsrcs(uint Audio, uint Video, uint Rtx)
{
    public static PeerSsrcs Create()
    {
        // One random number with three consecutive values: they never clash with each other.
        Span<byte> bytes = stackalloc byte[4];
        RandomNumberGenerator.Fill(bytes);
        var first = BinaryPrimitives.ReadUInt32LittleEndian(bytes) & 0x7FFF_FFFC;
        return new PeerSsrcs(first + 1, first + 2, first + 3);
    }
}
