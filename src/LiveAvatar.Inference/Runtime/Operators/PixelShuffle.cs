using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>Makes each b * b maps one of b times the width and height: ONNX DepthToSpace, mode CRD.</summary>
/// <remarks>ONNX Runtime's own goes number by number, four to eight times slower. The scalar form is the definition.</remarks>
internal static unsafe class PixelShuffle
{
    /// <summary>Shuffles.</summary>
    /// <param name="maps">All maps, one after the other, row by row.</param>
    /// <param name="width">Pixels in a row of them.</param>
    /// <param name="height">Rows of each.</param>
    /// <param name="block">How many times as wide and high the result is.</param>
    /// <param name="output">As many numbers.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static void Run(ReadOnlySpan<float> maps, int width, int height, int block, Span<float> output) =>
        Run(maps, width, height, block, output, Avx.IsSupported);

    /// <summary>As above, with or without vector instructions.</summary>
    internal static void Run(ReadOnlySpan<float> maps, int width, int height, int block, Span<float> output, bool vectors)
    {
        if (block < 1 || width < 1 || height < 1 || output.Length != maps.Length || maps.Length % ((long)width * height * block * block) != 0)
        {
            throw new ArgumentException($"{maps.Length} numbers in rows of {width} and maps of {height} rows cannot be shuffled by {block} into {output.Length}.");
        }

        var step = vectors && block is 2 or 4 ? Vector128<float>.Count : 0;
        fixed (float* source = maps, target = output)
        {
            // A line of the result comes from one row of each of the `block` maps whose pixels it takes in turn.
            for (var line = 0; line < maps.Length / (width * block); line++)
            {
                var (map, y) = Math.DivRem(line, height * block);
                var first = source + ((((long)((map * block) + (y % block)) * block * height) + (y / block)) * width);
                var to = target + ((long)line * width * block);
                var done = 0;
                for (; step > 0 && done + step <= width; done += step)
                {
                    Interleave(first + done, (long)height * width, block, to + (done * block));
                }

                for (var i = 0; i < block; i++)
                {
                    var row = first + ((long)i * height * width);
                    for (var x = done; x < width; x++)
                    {
                        to[(x * block) + i] = row[x];
                    }
                }
            }
        }
    }

    // Four pixels of each of two or four maps.
    private static void Interleave(float* from, long stride, int block, float* to)
    {
        var (a, b) = (Vector128.Load(from), Vector128.Load(from + stride));
        if (block == 2)
        {
            Blocks.Interleave(a, b, to);
        }
        else
        {
            Blocks.Interleave(a, b, Vector128.Load(from + (2 * stride)), Vector128.Load(from + (3 * stride)), to);
        }
    }
}
