namespace LiveAvatar.Rtc.Sdp;

/// <summary>Which way media flows, seen from the side whose description it is in (RFC 8866 section 6.7).</summary>
[Flags]
public enum MediaDirection
{
    /// <summary>a=inactive.</summary>
    Inactive = 0,

    /// <summary>a=sendonly.</summary>
    SendOnly = 1,

    /// <summary>a=recvonly.</summary>
    ReceiveOnly = 2,

    /// <summary>a=sendrecv.</summary>
    SendReceive = SendOnly | ReceiveOnly,
}
