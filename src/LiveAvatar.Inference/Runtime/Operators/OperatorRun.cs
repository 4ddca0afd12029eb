namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>One run of an operator of ours: its inputs and its output.</summary>
/// <param name="context">OrtKernelContext.</param>
internal readonly unsafe ref struct OperatorRun(nint context)
{
    private const int MaxRank = 8;

    /// <summary>An input's numbers.</summary>
    /// <param name="index">Which input.</param>
    /// <param name="shape">Its dimensions; as many as it must have.</param>
    /// <exception cref="ArgumentException">It has another number of dimensions.</exception>
    public ReadOnlySpan<float> Input(int index, Span<long> shape)
    {
        nint value, info;
        nuint rank;
        void* data;
        OrtFunctions.Check(OrtFunctions.GetInput(context, (nuint)index, &value));
        OrtFunctions.Check(OrtFunctions.GetTensorTypeAndShape(value, &info));
        var dimensions = stackalloc long[MaxRank];
        var failed = OrtFunctions.GetDimensionsCount(info, &rank);
        failed = failed != 0 || rank > MaxRank ? failed : OrtFunctions.GetDimensions(info, dimensions, rank);
        OrtFunctions.ReleaseShape(info);
        OrtFunctions.Check(failed);
        if ((int)rank != shape.Length)
        {
            throw new ArgumentException($"Input {index} has {rank} dimensions instead of {shape.Length}.");
        }

        var length = 1L;
        for (var i = 0; i < shape.Length; i++)
        {
            length = checked(length * (shape[i] = dimensions[i]));
        }

        OrtFunctions.Check(OrtFunctions.GetTensorMutableData(value, &data));
        return new ReadOnlySpan<float>(data, checked((int)length));
    }

    /// <summary>The output, to be written whole.</summary>
    /// <param name="shape">Its dimensions.</param>
    public Span<T> Output<T>(params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        nint output;
        void* data;
        var length = 1L;
        foreach (var dimension in shape)
        {
            length = checked(length * dimension);
        }

        fixed (long* dimensions = shape)
        {
            OrtFunctions.Check(OrtFunctions.GetOutput(context, 0, dimensions, (nuint)shape.Length, &output));
        }

        OrtFunctions.Check(OrtFunctions.GetTensorMutableData(output, &data));
        return new Span<T>(data, checked((int)length));
    }
}
