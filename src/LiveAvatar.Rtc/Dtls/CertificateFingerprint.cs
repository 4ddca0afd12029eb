using System.Security.Cryptography;

namespace LiveAvatar.Rtc.Dtls;

/// <summary>Compares a certificate with the a=fingerprint of the signalling (RFC 8122 section 5).</summary>
internal static class CertificateFingerprint
{
    /// <summary>Whether <paramref name="certificate"/> (DER) hashes to <paramref name="expected"/>; false for a hash not accepted here.</summary>
    /// <remarks>SHA-1 and MD5 are not accepted: no WebRTC client of the last ten years needs them.</remarks>
    public static bool Matches(ReadOnlySpan<byte> certificate, string hashName, ReadOnlySpan<byte> expected)
    {
        Span<byte> actual = stackalloc byte[SHA512.HashSizeInBytes];
        var length = hashName.ToUpperInvariant() switch
        {
            "SHA-256" => SHA256.HashData(certificate, actual),
            "SHA-384" => SHA384.HashData(certificate, actual),
            "SHA-512" => SHA512.HashData(certificate, actual),
            _ => 0,
        };
        return length > 0 && CryptographicOperations.FixedTimeEquals(actual[..length], expected);
    }

    /// <summary>Bytes as upper-case hexadecimal pairs with colons.</summary>
    public static string Format(ReadOnlySpan<byte> hash) =>
        string.Join(':', Convert.ToHexString(hash).Chunk(2).Select(pair => new string(pair)));
}
