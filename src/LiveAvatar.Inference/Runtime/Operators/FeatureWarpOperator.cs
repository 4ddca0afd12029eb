namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>The operator <c>liveavatar::WarpFeatures</c> (<see cref="FeatureWarp"/>).</summary>
/// <remarks>Inputs: maps float32 [1, c, h, w], places float32 [1, 2, h', w'] in their pixels, x first. Output: float32 [1, c, h', w'].</remarks>
internal static class FeatureWarpOperator
{
    /// <summary>Runs it.</summary>
    public static void Run(OperatorRun run, long attribute)
    {
        Span<long> mapsShape = stackalloc long[4];
        Span<long> placesShape = stackalloc long[4];
        var maps = run.Input(0, mapsShape);
        var places = run.Input(1, placesShape);
        var output = run.Output<float>(1, mapsShape[1], placesShape[2], placesShape[3]);
        FeatureWarp.Run(maps, (int)mapsShape[1], (int)mapsShape[3], places, output);
    }
}
