using System.Buffers;
using System.Globalization;

namespace LiveAvatar.Rtc.Sdp;

/// <summary>The small lexical rules of SDP, so that nothing is echoed into an answer that could break its lines.</summary>
internal static class SdpText
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly SearchValues<char> Token = SearchValues.Create(Alphanumeric + "!#$%&'*+-.^_`{|}~"); // RFC 8866 section 9
    private static readonly SearchValues<char> Protocol = SearchValues.Create(Alphanumeric + "-./");
    private static readonly SearchValues<char> Ice = SearchValues.Create(Alphanumeric + "+/-_="); // RFC 8839 plus what base64url clients send

    public static bool IsToken(ReadOnlySpan<char> text, int maxLength) => IsOf(text, Token, 1, maxLength);

    public static bool IsProtocol(ReadOnlySpan<char> text, int maxLength) => IsOf(text, Protocol, 1, maxLength);

    /// <summary>An ICE user name fragment or password: at least 4 or 22, at most 256 characters (RFC 8839 section 5.4).</summary>
    public static bool IsIceToken(ReadOnlySpan<char> text, int minLength) => IsOf(text, Ice, minLength, 256);

    public static bool IsSecureRtp(string protocol) => protocol.EndsWith("RTP/SAVPF", StringComparison.Ordinal)
        || protocol.EndsWith("RTP/SAVP", StringComparison.Ordinal);

    public static bool TryPayloadType(ReadOnlySpan<char> text, out int payloadType) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out payloadType) && payloadType is >= 0 and <= 127;

    /// <summary>Reads "id[/direction] uri [attributes]"; ids outside 1 to 14 do not fit the one-byte form and are skipped.</summary>
    public static bool TryExtension(ReadOnlySpan<char> value, out SdpExtension extension)
    {
        extension = default;
        var space = value.IndexOf(' ');
        if (space <= 0)
        {
            return false;
        }

        var key = value[..space];
        var slash = key.IndexOf('/');
        var suffix = slash < 0 ? default : key[(slash + 1)..];
        var uri = value[(space + 1)..].Trim();
        var end = uri.IndexOf(' ');
        uri = end < 0 ? uri : uri[..end];
        MediaDirection? direction = slash < 0 ? MediaDirection.SendReceive : suffix switch
        {
            "sendrecv" => MediaDirection.SendReceive,
            "sendonly" => MediaDirection.SendOnly,
            "recvonly" => MediaDirection.ReceiveOnly,
            "inactive" => MediaDirection.Inactive,
            _ => null,
        };
        if (direction is null || uri.IsEmpty || uri.Length > 256
            || !int.TryParse(slash < 0 ? key : key[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id is < 1 or > 14)
        {
            return false;
        }

        extension = new SdpExtension(id, uri.ToString(), direction.Value);
        return true;
    }

    private static bool IsOf(ReadOnlySpan<char> text, SearchValues<char> allowed, int minLength, int maxLength) =>
        text.Length >= minLength && text.Length <= maxLength && !text.ContainsAnyExcept(allowed);
}
