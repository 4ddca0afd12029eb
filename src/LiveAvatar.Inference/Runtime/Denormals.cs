using System.Runtime.InteropServices;

namespace LiveAvatar.Inference.Runtime;

/// <summary>Makes the processor take denormal numbers for 0: a recurrent state that fades out in silence would else cost up to 100 times as much.</summary>
/// <remarks>
/// ONNX Runtime's <c>session.set_denormal_as_zero</c> reaches its own threads and the thread that built the first session, but not the
/// threads that later call Run, and with one thread per run these do the work. So the mode also makes results the same on
/// every thread. It stays on for the thread; managed code on it then flushes denormals too.
/// </remarks>
internal static unsafe partial class Denormals
{
    private const int MxcsrOffset = 28; // in glibc's fenv_t on x86-64, behind the 28 bytes of the x87 environment
    private const uint FlushAndTakeAsZero = 0x8040; // MXCSR: FTZ is bit 15, DAZ bit 6
    private const uint FlushToZero = 1 << 24; // FPCR of arm64, the first word of its fenv_t
    private const int LargestEnvironment = 64; // fenv_t is 32 bytes on x86-64, 8 on arm64

    [ThreadStatic]
    private static bool _done;

    /// <summary>Switches the mode on for the calling thread, once.</summary>
    internal static void FlushOnThisThread()
    {
        if (!_done)
        {
            _done = true;
            Switch();
        }
    }

    private static void Switch()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
        {
            return;
        }

        var environment = stackalloc byte[LargestEnvironment];
        try
        {
            if (GetEnvironment(environment) == 0)
            {
                var x64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
                *(uint*)(environment + (x64 ? MxcsrOffset : 0)) |= x64 ? FlushAndTakeAsZero : FlushToZero;
                _ = SetEnvironment(environment);
            }
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // Only speed in silence is lost where the C library is not glibc.
        }
    }

    [LibraryImport("libm.so.6", EntryPoint = "fegetenv")]
    private static partial int GetEnvironment(byte* environment);

    [LibraryImport("libm.so.6", EntryPoint = "fesetenv")]
    private static partial int SetEnvironment(byte* environment);
}
