using System.Security.Cryptography;
using System.Text;

namespace LiveAvatar.Server.Signalling;

/// <summary>Makes the secret part of a driver's resource.</summary>
/// <remarks>
/// The session's id is in the viewer link, which is meant to be shared; without a secret of its own, anyone who may watch
/// could end the call. The secret is a keyed hash of the id, so nothing has to be kept per session.
/// </remarks>
internal sealed class ResourceTokens
{
    private const int TokenBytes = 16;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The token of a session: 32 hexadecimal digits.</summary>
    public string For(string session) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(session)).AsSpan(0, TokenBytes));

    /// <summary>Whether a token is the session's; compared in constant time.</summary>
    public bool Matches(string session, string token) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(For(session)), Encoding.UTF8.GetBytes(token));
}
