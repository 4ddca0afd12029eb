using System.Security.Cryptography;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>The hash of the certificate a peer promises to present in DTLS (RFC 8122).</summary>
/// <param name="Algorithm">sha-256, sha-384 or sha-512, in lower case.</param>
/// <param name="Value">The hash itself: 32, 48 or 64 bytes.</param>
public sealed record CertificateFingerprint(string Algorithm, ReadOnlyMemory<byte> Value)
{
    /// <summary>Reads "sha-256 AB:CD:…"; false when the hash is weak, unknown or of the wrong length.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out CertificateFingerprint? fingerprint)
    {
        fingerprint = null;
        var space = text.IndexOf(' ');
        if (space < 0)
        {
            return false;
        }

        var (algorithm, length) = text[..space] switch
        {
            var t when t.Equals("sha-256", StringComparison.OrdinalIgnoreCase) => ("sha-256", 32),
            var t when t.Equals("sha-384", StringComparison.OrdinalIgnoreCase) => ("sha-384", 48),
            var t when t.Equals("sha-512", StringComparison.OrdinalIgnoreCase) => ("sha-512", 64),
            _ => ("", 0),
        };
        var hex = text[(space + 1)..].Trim();
        if (length == 0 || hex.Length != (length * 3) - 1)
        {
            return false;
        }

        var value = new byte[length];
        for (var i = 0; i < length; i++)
        {
            var octet = hex.Slice(i * 3, 2);
            if (!char.IsAsciiHexDigit(octet[0]) || !char.IsAsciiHexDigit(octet[1]) || (i + 1 < length && hex[(i * 3) + 2] != ':'))
            {
                return false;
            }

            value[i] = Convert.FromHexString(octet)[0];
        }

        fingerprint = new CertificateFingerprint(algorithm, value);
        return true;
    }

    /// <summary>True when the DER-encoded certificate is the promised one; compared in constant time.</summary>
    public bool Matches(ReadOnlySpan<byte> certificate)
    {
        Span<byte> hash = stackalloc byte[64];
        var written = Algorithm switch
        {
            "sha-256" => SHA256.HashData(certificate, hash),
            "sha-384" => SHA384.HashData(certificate, hash),
            "sha-512" => SHA512.HashData(certificate, hash),
            _ => 0,
        };
        return written > 0 && CryptographicOperations.FixedTimeEquals(hash[..written], Value.Span);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Algorithm} {Convert.ToHexString(Value.Span)}";
}
