namespace LiveAvatar.Rtc.Ice;

/// <summary>STUN message types and attribute numbers this stack knows (RFC 8489 section 18, RFC 8445 section 16.1).</summary>
internal static class StunAttribute
{
    public const ushort Username = 0x0006;
    public const ushort MessageIntegrity = 0x0008;
    public const ushort ErrorCode = 0x0009;
    public const ushort UnknownAttributes = 0x000A;
    public const ushort MessageIntegritySha256 = 0x001C;
    public const ushort XorMappedAddress = 0x0020;
    public const ushort Priority = 0x0024;
    public const ushort UseCandidate = 0x0025;
    public const ushort Fingerprint = 0x8028;
    public const ushort IceControlled = 0x8029;
    public const ushort IceControlling = 0x802A;

    /// <summary>Attributes below this number must be understood or the request be refused (RFC 8489 section 14).</summary>
    public const ushort FirstOptional = 0x8000;
}

/// <summary>STUN message types used by ICE (RFC 8489 section 5).</summary>
internal static class StunType
{
    public const ushort BindingRequest = 0x0001;
    public const ushort BindingSuccess = 0x0101;
    public const ushort BindingError = 0x0111;
}
