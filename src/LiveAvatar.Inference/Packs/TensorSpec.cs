using System.Globalization;

namespace LiveAvatar.Inference.Packs;

/// <summary>Element types by their numbers in the ONNX file format (TensorProto.DataType); ONNX Runtime uses the same numbers.</summary>
internal enum ElementType
{
    Unknown = 0,
    Float32 = 1,
    UInt8 = 2,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
}

/// <summary>One dimension of a tensor: a number, a symbol such as <c>batch</c>, or neither when the file leaves it open.</summary>
internal readonly record struct Dimension(long? Value, string? Symbol)
{
    public override string ToString() => Value?.ToString(CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}

/// <summary>Name, type and shape of one input or output as the graph's file states them.</summary>
internal sealed record TensorSpec(string Name, ElementType Type, IReadOnlyList<Dimension> Shape)
{
    internal const string Batch = "batch";

    /// <summary>A spec whose dimension 0 is the batch.</summary>
    internal static TensorSpec Of(string name, ElementType type, params ReadOnlySpan<long> tail)
    {
        var shape = new Dimension[tail.Length + 1];
        shape[0] = new Dimension(null, Batch);
        for (var i = 0; i < tail.Length; i++)
        {
            shape[i + 1] = new Dimension(tail[i], null);
        }

        return new TensorSpec(name, type, shape);
    }

    /// <summary>The shape for a batch of the given size.</summary>
    internal long[] ShapeFor(int batch) =>
        [.. Shape.Select((dimension, i) => i == 0 ? batch : dimension.Value ?? throw new InvalidOperationException($"{Name} has an open shape."))];

    internal string Described => $"{Type.ToString().ToLowerInvariant()} [{string.Join(", ", Shape)}]";
}
