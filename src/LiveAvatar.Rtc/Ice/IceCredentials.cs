using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LiveAvatar.Rtc.Ice;

/// <summary>One generation of our ICE user name fragment and password (RFC 8445 section 5.3).</summary>
/// <remarks>
/// The fragment is always eight characters, so that it is also a 64-bit number: a check is matched to its session by
/// one dictionary look-up, without allocation.
/// </remarks>
internal sealed class IceCredentials
{
    private const string IceCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const int UfragLength = 8;     // 48 random bits; at least 24 are asked for
    private const int PasswordLength = 24; // 144 random bits; at least 128 are asked for

    private IceCredentials(string ufrag, string password)
    {
        Ufrag = ufrag;
        Password = password;
        PasswordBytes = Encoding.ASCII.GetBytes(password);
        Key = BinaryPrimitives.ReadUInt64BigEndian(Encoding.ASCII.GetBytes(ufrag));
    }

    public string Ufrag { get; }

    public string Password { get; }

    public byte[] PasswordBytes { get; }

    /// <summary>The fragment's eight characters as a number.</summary>
    public ulong Key { get; }

    public static IceCredentials Create() => new(
        RandomNumberGenerator.GetString(IceCharacters, UfragLength),
        RandomNumberGenerator.GetString(IceCharacters, PasswordLength));

    /// <summary>Splits a check's USERNAME "ours:theirs"; false when our part is not one of ours by its form.</summary>
    public static bool TryReadUsername(ReadOnlySpan<byte> username, out ulong ourKey, out ReadOnlySpan<byte> theirUfrag)
    {
        ourKey = 0;
        theirUfrag = default;
        if (username.Length <= UfragLength || username[UfragLength] != (byte)':')
        {
            return false;
        }

        ourKey = BinaryPrimitives.ReadUInt64BigEndian(username);
        theirUfrag = username[(UfragLength + 1)..];
        return true;
    }
}
