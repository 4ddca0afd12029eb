using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LiveAvatar.Rtc.Srtp;

/// <summary>The part of libsrtp 2 used here.</summary>
internal static unsafe class LibSrtp
{
    public const int Ok = 0;
    public const int AuthenticationFailed = 7; // srtp_err_status_auth_fail
    public const int ReplayFailed = 9;         // srtp_err_status_replay_fail
    public const int ReplayOld = 10;           // srtp_err_status_replay_old

    private const string Library = "libsrtp2.so.1";
    private static readonly Lazy<int> Initialised = new(srtp_init);

    /// <summary>Initialises the library once per process.</summary>
    /// <exception cref="InvalidOperationException">The library's self-test failed.</exception>
    public static void Initialise()
    {
        if (Initialised.Value != Ok)
        {
            throw new InvalidOperationException($"libsrtp2 cannot be initialised: error {Initialised.Value}");
        }
    }

    /// <summary>Major, minor and patch version in the three highest bytes.</summary>
    [DllImport(Library)]
    public static extern uint srtp_get_version();

    [DllImport(Library)]
    public static extern int srtp_create(out SrtpHandle session, Policy* policy);

    [DllImport(Library)]
    public static extern int srtp_dealloc(nint session);

    [DllImport(Library)]
    public static extern int srtp_crypto_policy_set_from_profile_for_rtp(CryptoPolicy* policy, int profile);

    [DllImport(Library)]
    public static extern int srtp_crypto_policy_set_from_profile_for_rtcp(CryptoPolicy* policy, int profile);

    [DllImport(Library)]
    public static extern int srtp_protect(SrtpHandle session, byte* packet, int* length);

    [DllImport(Library)]
    public static extern int srtp_unprotect(SrtpHandle session, byte* packet, int* length);

    [DllImport(Library)]
    public static extern int srtp_protect_rtcp(SrtpHandle session, byte* packet, int* length);

    [DllImport(Library)]
    public static extern int srtp_unprotect_rtcp(SrtpHandle session, byte* packet, int* length);

    [DllImport(Library)]
    private static extern int srtp_init();

    /// <summary>srtp_crypto_policy_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CryptoPolicy
    {
        public int CipherType;
        public int CipherKeyLength;
        public int AuthenticationType;
        public int AuthenticationKeyLength;
        public int TagLength;
        public int Services;
    }

    /// <summary>srtp_policy_t of libsrtp 2.x on 64-bit: 128 bytes, rtp@8, rtcp@32, key@56, window@88, next@120.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Policy
    {
        public int SsrcType;
        public uint SsrcValue;
        public CryptoPolicy Rtp;
        public CryptoPolicy Rtcp;
        public byte* Key;
        public void** MasterKeys;
        public nuint MasterKeyCount;
        public void* DeprecatedEkt;
        public nuint WindowSize;
        public int AllowRepeatTransmit;
        public int* EncryptedExtensions;
        public int EncryptedExtensionCount;
        public Policy* Next;
    }
}

/// <summary>Owns an srtp_t and the streams in it.</summary>
internal sealed class SrtpHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => LibSrtp.srtp_dealloc(handle) == LibSrtp.Ok;
}
