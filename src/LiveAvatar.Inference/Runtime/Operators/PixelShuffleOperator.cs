namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>The operator <c>liveavatar::PixelShuffle</c> (<see cref="PixelShuffle"/>).</summary>
/// <remarks>Input: float32 [1, c * b * b, h, w]. Attribute <c>blocksize</c>, b. Output: float32 [1, c, h * b, w * b].</remarks>
internal static class PixelShuffleOperator
{
    /// <summary>Runs it.</summary>
    public static void Run(OperatorRun run, long block)
    {
        Span<long> shape = stackalloc long[4];
        var maps = run.Input(0, shape);
        ArgumentOutOfRangeException.ThrowIfLessThan(block, 1);
        PixelShuffle.Run(maps, (int)shape[3], (int)shape[2], (int)block, run.Output<float>(1, shape[1] / (block * block), shape[2] * block, shape[3] * block));
    }
}
