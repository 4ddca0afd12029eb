using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace LiveAvatar.Server.Access;

/// <summary>Makes and reads the tokens of viewer links: each lets one watch one session, for a time.</summary>
/// <remarks>
/// ASP.NET Data Protection seals the session's id and the time; its keys live and end with the process, as sessions do. Its own
/// time-limited protector is not used because it reads the machine's clock and does not tell "expired" from "forged".
/// </remarks>
internal sealed class ViewerTokens(TimeProvider time)
{
    private const int TimeBytes = sizeof(long);
    private const int MaxLength = 512; // ours have about 180 characters

    private readonly IDataProtector _protector = new EphemeralDataProtectionProvider().CreateProtector("LiveAvatar.ViewerToken");

    /// <summary>The shortest and the longest time, and that of requests that name none.</summary>
    public static (TimeSpan Least, TimeSpan Most, TimeSpan Usual) Lifetime { get; } = (TimeSpan.FromMinutes(1), TimeSpan.FromHours(24), TimeSpan.FromHours(1));

    /// <summary>Makes a token.</summary>
    public string Make(string session, TimeSpan lifetime)
    {
        var plain = new byte[TimeBytes + Encoding.UTF8.GetByteCount(session)];
        BinaryPrimitives.WriteInt64BigEndian(plain, (time.GetUtcNow() + lifetime).ToUnixTimeMilliseconds());
        Encoding.UTF8.GetBytes(session, plain.AsSpan(TimeBytes));
        return Base64Url.EncodeToString(_protector.Protect(plain));
    }

    /// <summary>Reads a token; null when this server has not made it.</summary>
    public ViewerToken? Read(string text)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
        {
            return null;
        }

        try
        {
            var plain = _protector.Unprotect(Base64Url.DecodeFromChars(text));
            var until = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(plain));
            return new ViewerToken(Encoding.UTF8.GetString(plain.AsSpan(TimeBytes)), time.GetUtcNow() >= until);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

/// <summary>A token that this server has made.</summary>
/// <param name="Session">The id of the session it is for.</param>
/// <param name="Expired">Its time is over.</param>
internal readonly record struct ViewerToken(string Session, bool Expired);
