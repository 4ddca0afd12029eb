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
    private const int LinesAhead = 1; // of the picture: as long as memory takes to answer

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

        Span<float> coarse = stackalloc float[cells];
        Span<float> rowX = stackalloc float[size];
        Span<float> rowY = stackalloc float[size];
        for (var y = 0; y < size; y++)
        {
            // ONNX Resize, linear, half_pixel: the cells on both sides of a pixel's centre, and how far it is towards the second.
            var place = Math.Clamp(((y + 0.5f) * cells / size) - 0.5f, 0, cells - 1);
            var above = (int)place;
            var below = Math.Min(above + 1, cells - 1);
            Mix(places[(above * cells)..], places[(below * cells)..], place - above, coarse);
            Enlarge(coarse, rowX, vectors);
            Mix(places[((cells + above) * cells)..], places[((cells + below) * cells)..], place - above, coarse);
            Enlarge(coarse, rowY, vectors);
            var line = output.Slice(y * size, size);
            if (vectors)
            {
                LookUpVectors(rowX, rowY, table, width, line, LinesAhead * (table.Length / size));
            }
            else
            {
                LookUp(rowX, rowY, table, width, line);
            }
        }
    }

    private static void Mix(ReadOnlySpan<float> above, ReadOnlySpan<float> below, float part, Span<float> row)
    {
        var i = 0;
        for (; i + Lanes <= row.Length; i += Lanes)
        {
            var from = Vector256.Create(above.Slice(i, Lanes));
            (from + (part * (Vector256.Create(below.Slice(i, Lanes)) - from))).CopyTo(row[i..]);
        }

        for (; i < row.Length; i++)
        {
            row[i] = above[i] + (part * (below[i] - above[i]));
        }
    }

    // The same along a row: between the centres of two cells lie as many pixels as a cell has, at places that repeat.
    private static void Enlarge(ReadOnlySpan<float> coarse, Span<float> row, bool vectors)
    {
        var times = row.Length / coarse.Length;
        var half = times / 2;
        var first = ((half + 0.5f) / times) - 0.5f; // of the pixel at or right of a cell's centre
        row[..half].Fill(coarse[0]);
        var done = vectors && times is 2 or 4 ? EnlargeVectors(coarse, row[half..], times, first) : 0;
        for (var cell = done; cell < coarse.Length; cell++)
        {
            var (from, to) = (coarse[cell], coarse[Math.Min(cell + 1, coarse.Length - 1)]);
            var between = row.Slice(half + (cell * times), Math.Min(times, row.Length - half - (cell * times)));
            for (var i = 0; i < between.Length; i++)
            {
                between[i] = from + ((first + (i / (float)times)) * (to - from));
            }
        }
    }

    // Four cells at a time, as far as each has a neighbour.
    private static unsafe int EnlargeVectors(ReadOnlySpan<float> coarse, Span<float> row, int times, float first)
    {
        var cell = 0;
        fixed (float* cells = coarse, target = row)
        {
            for (; cell + Vector128<float>.Count < coarse.Length; cell += Vector128<float>.Count)
            {
                var from = Vector128.Load(cells + cell);
                var step = Vector128.Load(cells + cell + 1) - from;
                var (a, b) = (from + (first * step), from + ((first + (1f / times)) * step));
                if (times == 2)
                {
                    Blocks.Interleave(a, b, target + (cell * 2));
                }
                else
                {
                    Blocks.Interleave(a, b, from + ((first + 0.5f) * step), from + ((first + 0.75f) * step), target + (cell * 4));
                }
            }
        }

        return cell;
    }

    private static void LookUp(ReadOnlySpan<float> rowX, ReadOnlySpan<float> rowY, ReadOnlySpan<float> table, int width, Span<byte> line)
    {
        var height = table.Length / width;
        for (var i = 0; i < line.Length; i++)
        {
            // A place outside the table, or none at all, is a broken model's, and must not read elsewhere.
            var x = Within(rowX[i], width);
            var y = Within(rowY[i], height);
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

    // Meanwhile the table is fetched that lies `ahead`: since the last picture it has left the caches, and look-ups foresee nothing.
    private static unsafe void LookUpVectors(
        ReadOnlySpan<float> rowX, ReadOnlySpan<float> rowY, ReadOnlySpan<float> table, int width, Span<byte> line, int ahead)
    {
        var lastColumn = Vector256.Create(width - 1.01f);
        var lastRow = Vector256.Create((table.Length / width) - 1.01f);
        var unit = Vector256.Create(BelowUnit);
        var perUnit = Vector256.Create(1 / BelowUnit);
        var wide = Vector256.Create(width);
        var most = Vector256.Create(255);
        fixed (float* xs = rowX, ys = rowY, pixels = table)
        fixed (byte* bytes = line)
        {
            for (var i = 0; i < line.Length; i += Lanes)
            {
                // Max and Min give their second operand where the first is not a number: such a place becomes 0.
                var x = Avx.Min(Avx.Max(Vector256.Load(xs + i), Vector256<float>.Zero), lastColumn);
                var y = Avx.Min(Avx.Max(Vector256.Load(ys + i), Vector256<float>.Zero), lastRow);
                var column = Avx.ConvertToVector256Int32WithTruncation(x);
                var row = Avx.ConvertToVector256Int32WithTruncation(y);
                x -= Avx.ConvertToVector256Single(column);
                y -= Avx.ConvertToVector256Single(row);
                var at = Avx2.Add(Avx2.MultiplyLow(row, wide), column);
                Sse.Prefetch0(pixels + at.ToScalar() + ahead);

                // A number and its right neighbour come in one load of 64 bits; then left ones and right ones are sorted apart.
                var low = Avx2.GatherVector256((long*)pixels, at.GetLower(), sizeof(float)).AsSingle();
                var high = Avx2.GatherVector256((long*)pixels, at.GetUpper(), sizeof(float)).AsSingle();
                var lefts = Ordered(Avx.Shuffle(low, high, 0b10_00_10_00));
                var rights = Ordered(Avx.Shuffle(low, high, 0b11_01_11_01));
                var mixed = Avx.ConvertToVector256Int32(Between(Pairs(lefts, y, unit, perUnit), Pairs(rights, y, unit, perUnit), x)); // to the nearest, ties to even
                mixed = Avx2.Min(Avx2.Max(mixed, Vector256<int>.Zero), most);
                var words = Sse2.PackSignedSaturate(mixed.GetLower(), mixed.GetUpper());
                Sse2.StoreScalar((long*)(bytes + i), Sse2.PackUnsignedSaturate(words, words).AsInt64());
            }
        }
    }

    // A shuffle works in each half: 0 1 4 5, 2 3 6 7 becomes 0 to 7.
    private static Vector256<float> Ordered(Vector256<float> halves) => Avx2.Permute4x64(halves.AsDouble(), 0b11_01_10_00).AsSingle();

    private static Vector256<float> Between(Vector256<float> a, Vector256<float> b, Vector256<float> part) => a + (part * (b - a));

    private static Vector256<float> Pairs(Vector256<float> packed, Vector256<float> part, Vector256<float> unit, Vector256<float> perUnit)
    {
        var below = Avx.Floor(packed * perUnit);
        var above = packed - (unit * below);
        return Between(above, below, part);
    }
}
