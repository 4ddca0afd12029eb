using System.Security.Cryptography;
using System.Text;

namespace LiveAvatar.Server.Access;

/// <summary>A key of the configuration. Only its hash is kept: nothing that shows the process' memory or log shows a key.</summary>
/// <remarks>A plain SHA-256 is enough because a key is long and random, unlike a password.</remarks>
internal sealed class ApiKey
{
    /// <summary>The shortest key that is taken.</summary>
    public const int LeastLength = 16;

    private readonly byte[] _hash;

    /// <param name="name">Its name for people.</param>
    /// <param name="key">The key itself.</param>
    /// <param name="roles">What it allows.</param>
    public ApiKey(string name, string key, AccessRole roles) => (Name, Roles, _hash) = (name, roles, Hash(key));

    /// <summary>Its name for people; appears in the log.</summary>
    public string Name { get; }

    /// <summary>What it allows.</summary>
    public AccessRole Roles { get; }

    /// <summary>A new random key of 256 bits. The prefix lets people, and tools that look for leaked secrets, tell what it is.</summary>
    public static string Random() => "la_" + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The key that was sent, or null. Takes the same time whichever key it is.</summary>
    public static ApiKey? Find(IReadOnlyList<ApiKey> keys, string sent)
    {
        var hash = Hash(sent);
        ApiKey? found = null;
        foreach (var key in keys)
        {
            found = CryptographicOperations.FixedTimeEquals(key._hash, hash) ? key : found;
        }

        return found;
    }

    /// <summary>Whether both are the same key under two names.</summary>
    public bool SameAs(ApiKey other) => CryptographicOperations.FixedTimeEquals(_hash, other._hash);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
