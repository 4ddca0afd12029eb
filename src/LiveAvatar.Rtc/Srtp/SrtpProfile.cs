namespace LiveAvatar.Rtc.Srtp;

/// <summary>SRTP protection profiles by their DTLS-SRTP numbers (RFC 5764 section 4.1.2, RFC 7714 section 14.2).</summary>
internal enum SrtpProfile
{
    None = 0,
    Aes128CmSha1Tag80 = 1,
    AeadAes128Gcm = 7,
    AeadAes256Gcm = 8,
}

/// <summary>Names and key sizes of the profiles.</summary>
internal static class SrtpProfiles
{
    /// <summary>What is offered and taken, best first: AES-GCM costs a third of AES-CM with SHA-1 per packet.</summary>
    public const string OpenSslNames = "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80";

    /// <summary>Bytes that protection adds at most to a packet: tag 16, and for SRTCP the index of 4.</summary>
    public const int MaxOverhead = 16 + 4;

    public static bool TryGetKeyLengths(SrtpProfile profile, out int key, out int salt)
    {
        (key, salt) = profile switch
        {
            SrtpProfile.Aes128CmSha1Tag80 => (16, 14),
            SrtpProfile.AeadAes128Gcm => (16, 12),
            SrtpProfile.AeadAes256Gcm => (32, 12),
            _ => (0, 0),
        };
        return key > 0;
    }
}
