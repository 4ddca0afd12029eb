namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>The operator <c>liveavatar::Warp</c> (<see cref="PlaneWarp"/>).</summary>
/// <remarks>Inputs: places float32 [1, 2, n, n], table float32 [1, w * w]. Attribute <c>size</c>. Output: uint8 [1, 1, size, size].</remarks>
internal static class WarpOperator
{
    /// <summary>Runs it.</summary>
    public static void Run(OperatorRun run, long size)
    {
        Span<long> placesShape = stackalloc long[4];
        Span<long> tableShape = stackalloc long[2];
        var places = run.Input(0, placesShape);
        var table = run.Input(1, tableShape);
        PlaneWarp.Run(places, (int)placesShape[3], table, (int)Math.Sqrt(table.Length), run.Output<byte>(1, 1, size, size), (int)size);
    }
}
