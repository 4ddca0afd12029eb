using System.Runtime.InteropServices;
using LiveAvatar.Rtc.Dtls;
using LiveAvatar.Rtc.Srtp;

namespace LiveAvatar.Rtc;

/// <summary>Checks the native libraries of the transport at start-up, so that a missing package is said then and not in the first call.</summary>
public static class NativeTransport
{
    private const uint OpenSslMajor = 3;
    private const uint LibSrtpMajor = 2; // its srtp_policy_t is laid out by hand in LibSrtp

    /// <summary>Checks every library.</summary>
    /// <returns>One sentence for each that is missing or unknown, naming the Debian package to install; empty when all is well.</returns>
    public static IReadOnlyList<string> Verify()
    {
        var problems = new List<string>();
        Check(problems, "libssl.so.3", "libssl3", () => OpenSsl.OpenSSL_version_num() >> 28, OpenSslMajor);
        Check(problems, "libsrtp2.so.1", "libsrtp2-1", () => LibSrtp.srtp_get_version() >> 24, LibSrtpMajor);
        return problems;
    }

    /// <exception cref="InvalidOperationException">A library is missing or unknown.</exception>
    internal static void Require()
    {
        if (Verify() is { Count: > 0 } problems)
        {
            throw new InvalidOperationException(string.Join(" ", problems));
        }
    }

    private static void Check(List<string> problems, string library, string package, Func<nuint> major, uint wanted)
    {
        try
        {
            if (!NativeLibrary.TryLoad(library, out _))
            {
                problems.Add($"{library} cannot be loaded: install the Debian package {package}.");
            }
            else if (major() is var found && found != wanted)
            {
                problems.Add($"{library} says it is version {found}, but {wanted} is needed: install the Debian package {package}.");
            }
        }
        catch (EntryPointNotFoundException)
        {
            problems.Add($"{library} does not say its version: install the Debian package {package}.");
        }
    }
}
