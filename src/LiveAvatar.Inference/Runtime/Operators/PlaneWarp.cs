using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>Looks a plane up along a flow: from places at a quarter or half of the resolution to finished bytes, in one pass.</summary>
/// <remarks>
/// Does what models/training/faces/sampling.py (<c>gather_warp</c>) and the enlarging before it do in some thirty operators, each
/// of which reads and writes the whole picture: enlarges the places (bilinear, half-pixel centres), takes the four pixels
/// around each from a table whose numbers hold a byte and 256 times the byte below it, mixes and rounds. The scalar
/// form is the definition; the other one is held to it by the tests.
/// </remarks>
internal static class PlaneWarp
{
    private const float BelowUnit = 256; // sampling.py: PACK
    private const int Lanes = 8;

    /// <summary>Widest picture; the rows of places in between lie on the stack.</summary>
    public const int MaxSize = 2048;

    /// <summary>Warps.</summary>
    /// <param name="places">Horizontal places of all cells, then the vertical ones, in pixels of the table, each with a neighbour to the right and below.</param>
    /// <param name="cells">Cells along each side.</param>
    /// <param name="table">The packed pixels, row by row.</param>
    /// <param name="width">Pixels in a row of it.</param>
    /// <param name="output">The picture, row by row.</param>
    /// <param name="size">Pixels along each side; a multiple of <paramref name="cells"/>, at most <see cref="MaxSize"/>.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static void Run(ReadOnlySpan<float> places, int cells, ReadOnlySpan<float> table, int width, Span<byte> output, int size) =>
        Run(places, cells, table, width, output, size, Avx2.IsSupported && size % Lanes == 0);

    /// <summary>As above, with or without vector instructions.</summary>
    internal static void Run(ReadOnlySpan<float> places, int cells, ReadOnlySpan<float> table, int width, Span<byte> output, int size, bool vectors)
    {
        if (cells < 1 || size < cells || size > MaxSize || size % cells != 0 || width < 2
            || places.Length != 2 * cells * cells || table.Length % width != 0 || table.Length < 2 * width || output.Length != size * size)
        {
            throw new ArgumentException($"A picture of {size} pixels a side cannot be made of {places.Length} places in {cells} cells a side and a table of {table.Length} in rows of {width}.");
        }

        Span<float> rowX = stackalloc float[cells];
        Span<float> rowY = stackalloc float[cells];
        Span<int> left = stackalloc int[size];
        Span<int> right = stackalloc int[size];
        Span<float> share = stackalloc float[size];
        for (var x = 0; x < size; x++)
        {
            Neighbours(x, size, cells, out left[x], out right[x], out share[x]);
        }

        for (var y = 0; y < size; y++)
        {
            Neighbours(y, size, cells, out var above, out var below, out var part);
            Mix(places[(above * cells)..], places[(below * cells)..], part, rowX);
            Mix(places[((cells + above) * cells)..], places[((cells + below) * cells)..], part, rowY);
            var line = output.Slice(y * size, size);
            if (vectors)
            {
                LookUpVectors(rowX, rowY, left, right, share, table, width, line);
            }
            else
            {
                LookUp(rowX, rowY, left, right, share, table, width, line);
            }
        }
    }

    // ONNX Resize, linear, half_pixel: the cells on both sides of a pixel's centre, and how far it is towards the second.
    private static void Neighbours(int pixel, int size, int cells, out int first, out int second, out float share)
    {
        var place = Math.Clamp(((pixel + 0.5f) * cells / size) - 0.5f, 0, cells - 1);
        first = (int)place;
        second = Math.Min(first + 1, cells - 1);
        share = place - first;
    }

    private static void Mix(ReadOnlySpan<float> above, ReadOnlySpan<float> below, float part, Span<float> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = above[i] + (part * (below[i] - above[i]));
        }
    }

    private static void LookUp(
        ReadOnlySpan<float> rowX, ReadOnlySpan<float> rowY, ReadOnlySpan<int> left, ReadOnlySpan<int> right, ReadOnlySpan<float> share,
        ReadOnlySpan<float> table, int width, Span<byte> line)
    {
        var height = table.Length / width;
        for (var i = 0; i < line.Length; i++)
        {
            // A place outside the table, or none at all, is a broken model's, and must not read elsewhere.
            var x = Within(rowX[left[i]] + (share[i] * (rowX[right[i]] - rowX[left[i]])), width);
            var y = Within(rowY[left[i]] + (share[i] * (rowY[right[i]] - rowY[left[i]])), height);
            var (column, row) = ((int)x, (int)y);
            var at = (row * width) + column;
            var (a, b) = (Pair(table[at], y - row), Pair(table[at + 1], y - row));
            line[i] = (byte)Math.Clamp((int)MathF.Round(a + ((x - column) * (b - a))), 0, 255);
        }
    }

    private static float Within(float place, int length) => place >= 0 ? Math.Min(place, length - 1.01f) : 0;

    private static float Pair(float packed, float part)
    {
        var below = MathF.Floor(packed * (1 / BelowUnit));
        var above = packed - (BelowUnit * below);
        return above + (part * (below - above));
    }

    private static unsafe void LookUpVectors(
        ReadOnlySpan<float> rowX, ReadOnlySpan<float> rowY, ReadOnlySpan<int> left, ReadOnlySpan<int> right, ReadOnlySpan<float> share,
        ReadOnlySpan<float> table, int width, Span<byte> line)
    {
        var lastColumn = Vector256.Create(width - 1.01f);
        var lastRow = Vector256.Create((table.Length / width) - 1.01f);
        var unit = Vector256.Create(BelowUnit);
        var perUnit = Vector256.Create(1 / BelowUnit);
        var wide = Vector256.Create(width);
        var most = Vector256.Create(255);
        fixed (float* xs = rowX, ys = rowY, shares = share, pixels = table)
        fixed (int* lefts = left, rights = right)
        fixed (byte* bytes = line)
        {
            for (var i = 0; i < line.Length; i += Lanes)
            {
                var first = Vector256.Load(lefts + i);
                var second = Vector256.Load(rights + i);
                var towards = Vector256.Load(shares + i);
                var x = Between(Avx2.GatherVector256(xs, first, sizeof(float)), Avx2.GatherVector256(xs, second, sizeof(float)), towards);
                var y = Between(Avx2.GatherVector256(ys, first, sizeof(float)), Avx2.GatherVector256(ys, second, sizeof(float)), towards);

                // Max and Min give their second operand where the first is not a number: such a place becomes 0.
                x = Avx.Min(Avx.Max(x, Vector256<float>.Zero), lastColumn);
                y = Avx.Min(Avx.Max(y, Vector256<float>.Zero), lastRow);
                var column = Avx.ConvertToVector256Int32WithTruncation(x);
                var row = Avx.ConvertToVector256Int32WithTruncation(y);
                x -= Avx.ConvertToVector256Single(column);
                y -= Avx.ConvertToVector256Single(row);
                var at = Avx2.Add(Avx2.MultiplyLow(row, wide), column);
                var a = Pairs(Avx2.GatherVector256(pixels, at, sizeof(float)), y, unit, perUnit);
                var b = Pairs(Avx2.GatherVector256(pixels + 1, at, sizeof(float)), y, unit, perUnit);
                var mixed = Avx.ConvertToVector256Int32(Between(a, b, x)); // rounds to the nearest, ties to even
                mixed = Avx2.Min(Avx2.Max(mixed, Vector256<int>.Zero), most);
                var words = Sse2.PackSignedSaturate(mixed.GetLower(), mixed.GetUpper());
                Sse2.StoreScalar((long*)(bytes + i), Sse2.PackUnsignedSaturate(words, words).AsInt64());
            }
        }
    }

    private static Vector256<float> Between(Vector256<float> a, Vector256<float> b, Vector256<float> part) => a + (part * (b - a));

    private static Vector256<float> Pairs(Vector256<float> packed, Vector256<float> part, Vector256<float> unit, Vector256<float> perUnit)
    {
        var below = Avx.Floor(packed * perUnit);
        var above = packed - (unit * below);
        return Between(above, below, part);
    }
}
