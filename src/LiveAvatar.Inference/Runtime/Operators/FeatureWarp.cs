using System.Buffers;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>Looks many feature maps up at the same places, bilinearly.</summary>
/// <remarks>
/// Does what models/training/faces/sampling.py (<c>gather_rows</c>) does in some thirty operators, most of which read and write
/// all maps. The scalar form is the definition; the other one is held to it by the tests.
/// </remarks>
internal static unsafe class FeatureWarp
{
    private const float Edge = 1.001f; // sampling.py: so that each place has a neighbour to the right and below

    /// <summary>Warps.</summary>
    /// <param name="maps">All maps, one after the other, row by row.</param>
    /// <param name="channels">How many maps.</param>
    /// <param name="width">Pixels in a row of them.</param>
    /// <param name="places">Horizontal places in pixels of the maps, then as many vertical ones; outside is the edge.</param>
    /// <param name="output">As many numbers a map as there are places.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static void Run(ReadOnlySpan<float> maps, int channels, int width, ReadOnlySpan<float> places, Span<float> output) =>
        Run(maps, channels, width, places, output, Avx2.IsSupported && channels >= Blocks.Size / 2);

    /// <summary>As above, with or without vector instructions.</summary>
    internal static void Run(ReadOnlySpan<float> maps, int channels, int width, ReadOnlySpan<float> places, Span<float> output, bool vectors)
    {
        var count = places.Length / 2;
        if (channels < 1 || width < 2 || maps.Length % (channels * width) != 0 || maps.Length < 2 * channels * width
            || places.Length % 2 != 0 || output.Length != (long)channels * count)
        {
            throw new ArgumentException($"{output.Length} numbers cannot be made of {maps.Length} in {channels} maps with rows of {width} at {count} places.");
        }

        var height = maps.Length / channels / width;
        var done = vectors ? RunVectors(maps, channels, width, height, places, output) : 0;
        for (var i = done; i < count; i++)
        {
            var (at, x, y) = Find(places[i], places[count + i], width, height);
            for (var channel = 0; channel < channels; channel++)
            {
                var corner = maps.Slice((channel * width * height) + at, width + 2);
                var above = corner[0] + (x * (corner[1] - corner[0]));
                var below = corner[width] + (x * (corner[width + 1] - corner[width]));
                output[(channel * count) + i] = above + (y * (below - above));
            }
        }
    }

    // The pixel above and left of a place, and how far the place lies from it. What is no number is the edge: it must not read elsewhere.
    private static (int At, float X, float Y) Find(float x, float y, int width, int height)
    {
        x = x >= 0 ? Math.Min(x, width - Edge) : 0;
        y = y >= 0 ? Math.Min(y, height - Edge) : 0;
        var (column, row) = ((int)x, (int)y);
        return ((row * width) + column, x - column, y - row);
    }

    // The maps' numbers of one pixel side by side, so that eight maps are looked up at once; eight places together, so that
    // they are written side by side again.
    private static int RunVectors(ReadOnlySpan<float> maps, int channels, int width, int height, ReadOnlySpan<float> places, Span<float> output)
    {
        var (count, pixels) = (places.Length / 2, width * height);
        var stride = (channels + Blocks.Size - 1) / Blocks.Size * Blocks.Size;
        var rented = ArrayPool<float>.Shared.Rent(pixels * stride);
        var whole = count / Blocks.Size * Blocks.Size;
        var corners = stackalloc float*[Blocks.Size];
        var parts = stackalloc float[2 * Blocks.Size];
        var block = stackalloc float[Blocks.Size * Blocks.Size];
        fixed (float* source = maps, rows = rented, target = output)
        {
            Interleave(source, pixels, channels, rows, stride);
            for (var i = 0; i < whole; i += Blocks.Size)
            {
                for (var k = 0; k < Blocks.Size; k++)
                {
                    (var at, parts[2 * k], parts[(2 * k) + 1]) = Find(places[i + k], places[count + i + k], width, height);
                    corners[k] = rows + (at * stride);
                }

                for (var channel = 0; channel < channels; channel += Blocks.Size)
                {
                    for (var k = 0; k < Blocks.Size; k++)
                    {
                        var corner = corners[k] + channel;
                        var (x, y) = (Vector256.Create(parts[2 * k]), Vector256.Create(parts[(2 * k) + 1]));
                        var above = Between(corner, corner + stride, x);
                        var below = Between(corner + (width * stride), corner + ((width + 1) * stride), x);
                        (above + (y * (below - above))).Store(block + (k * Blocks.Size));
                    }

                    Write(block, Math.Min(Blocks.Size, channels - channel), target + (channel * count) + i, count);
                }
            }
        }

        ArrayPool<float>.Shared.Return(rented);
        return whole;
    }

    private static void Interleave(float* maps, int pixels, int channels, float* rows, int stride)
    {
        var (wholePixels, wholeChannels) = (pixels / Blocks.Size * Blocks.Size, channels / Blocks.Size * Blocks.Size);
        for (var channel = 0; channel < wholeChannels; channel += Blocks.Size)
        {
            for (var i = 0; i < wholePixels; i += Blocks.Size)
            {
                Blocks.Transpose(maps + ((long)channel * pixels) + i, pixels, rows + ((long)i * stride) + channel, stride);
            }
        }

        for (var i = 0; i < pixels; i++)
        {
            for (var channel = i < wholePixels ? wholeChannels : 0; channel < stride; channel++)
            {
                rows[((long)i * stride) + channel] = channel < channels ? maps[((long)channel * pixels) + i] : 0;
            }
        }
    }

    private static void Write(float* block, int channels, float* target, int stride)
    {
        if (channels == Blocks.Size)
        {
            Blocks.Transpose(block, Blocks.Size, target, stride);
            return;
        }

        for (var channel = 0; channel < channels; channel++)
        {
            for (var k = 0; k < Blocks.Size; k++)
            {
                target[((long)channel * stride) + k] = block[(k * Blocks.Size) + channel];
            }
        }
    }

    private static Vector256<float> Between(float* a, float* b, Vector256<float> part)
    {
        var from = Vector256.Load(a);
        return from + (part * (Vector256.Load(b) - from));
    }
}
