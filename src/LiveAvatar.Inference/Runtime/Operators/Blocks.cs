using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>Turns small blocks of numbers over their diagonal: what lies in rows comes to lie side by side.</summary>
internal static unsafe class Blocks
{
    /// <summary>Numbers along each side of a block.</summary>
    public const int Size = 8;

    /// <summary>Writes a block of 8 rows by 8 columns as columns by rows; needs AVX.</summary>
    public static void Transpose(float* from, nint fromStride, float* to, nint toStride)
    {
        var (a, b, c, d) = Quarter(from, fromStride);
        var (e, f, g, h) = Quarter(from + (4 * fromStride), fromStride);
        Avx.Permute2x128(a, e, 0x20).Store(to);
        Avx.Permute2x128(b, f, 0x20).Store(to + toStride);
        Avx.Permute2x128(c, g, 0x20).Store(to + (2 * toStride));
        Avx.Permute2x128(d, h, 0x20).Store(to + (3 * toStride));
        Avx.Permute2x128(a, e, 0x31).Store(to + (4 * toStride));
        Avx.Permute2x128(b, f, 0x31).Store(to + (5 * toStride));
        Avx.Permute2x128(c, g, 0x31).Store(to + (6 * toStride));
        Avx.Permute2x128(d, h, 0x31).Store(to + (7 * toStride));
    }

    /// <summary>Writes four numbers of each of two or four rows in turn: the first of each row, the second of each, and so on.</summary>
    public static void Interleave(Vector128<float> a, Vector128<float> b, float* to)
    {
        Sse.UnpackLow(a, b).Store(to);
        Sse.UnpackHigh(a, b).Store(to + 4);
    }

    /// <inheritdoc cref="Interleave(Vector128{float}, Vector128{float}, float*)"/>
    public static void Interleave(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d, float* to)
    {
        Interleave(Sse.UnpackLow(a, c), Sse.UnpackLow(b, d), to);
        Interleave(Sse.UnpackHigh(a, c), Sse.UnpackHigh(b, d), to + 8);
    }

    // Of four rows: columns 0 and 4 side by side, 1 and 5, 2 and 6, 3 and 7.
    private static (Vector256<float> A, Vector256<float> B, Vector256<float> C, Vector256<float> D) Quarter(float* from, nint stride)
    {
        var (first, second, third, fourth) = (Vector256.Load(from), Vector256.Load(from + stride), Vector256.Load(from + (2 * stride)), Vector256.Load(from + (3 * stride)));
        var (low, high) = (Avx.UnpackLow(first, second), Avx.UnpackHigh(first, second));
        var (lowNext, highNext) = (Avx.UnpackLow(third, fourth), Avx.UnpackHigh(third, fourth));
        return (
            Avx.Shuffle(low, lowNext, 0b01_00_01_00), Avx.Shuffle(low, lowNext, 0b11_10_11_10),
            Avx.Shuffle(high, highNext, 0b01_00_01_00), Avx.Shuffle(high, highNext, 0b11_10_11_10));
    }
}
