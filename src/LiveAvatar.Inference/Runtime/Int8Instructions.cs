using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace LiveAvatar.Inference.Runtime;

/// <summary>Finds the processor's instructions that multiply bytes and add the products in 32 bits.</summary>
/// <remarks>
/// Without them ONNX Runtime goes by way of 16 bits: that is no faster than fp32, and on x86 the 16-bit sum of two products can
/// overflow, which changes the picture. Bits are those of CPUID leaf 7 (Intel SDM volume 2A, CPUID).
/// </remarks>
internal static class Int8Instructions
{
    private const int ExtendedFeatures = 7;
    private const int Avx512VnniBit = 11; // leaf 7.0, ECX
    private const int AvxVnniBit = 4; // leaf 7.1, EAX

    /// <summary>What this processor has, for people; null if it has none.</summary>
    internal static string? Find()
    {
        if (Dp.IsSupported)
        {
            return "Arm dot product";
        }

        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < ExtendedFeatures)
        {
            return null;
        }

        var (subleaves, _, ecx, _) = X86Base.CpuId(ExtendedFeatures, 0);
        var eax = subleaves >= 1 ? X86Base.CpuId(ExtendedFeatures, 1).Eax : 0;
        return Name(ecx, eax, Avx512F.IsSupported, Avx2.IsSupported);
    }

    /// <summary>Reads the bits; the last two tell whether the operating system saves registers of that width.</summary>
    internal static string? Name(int leaf70Ecx, int leaf71Eax, bool hasAvx512, bool hasAvx2) =>
        hasAvx512 && (leaf70Ecx >> Avx512VnniBit & 1) != 0 ? "AVX512-VNNI"
        : hasAvx2 && (leaf71Eax >> AvxVnniBit & 1) != 0 ? "AVX-VNNI"
        : null;
}
