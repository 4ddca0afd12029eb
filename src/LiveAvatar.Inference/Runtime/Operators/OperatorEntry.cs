using System.Runtime.InteropServices;

namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>One operator of ours: what ONNX Runtime reads, and behind it what its answers are made of.</summary>
/// <remarks>ONNX Runtime hands the address it was given back to each function of it.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OperatorEntry
{
    /// <summary>First, so that both have one address.</summary>
    public CustomOperator Interface;

    /// <summary>ASCII, zero at its end.</summary>
    public byte* Name;

    /// <summary>Name of its one attribute, a whole number; null where it has none.</summary>
    public byte* Attribute;

    /// <summary>How many inputs it has, all of them float32.</summary>
    public nuint InputCount;

    /// <summary>ONNXTensorElementDataType of its one output.</summary>
    public int OutputType;

    /// <summary>What it does, given the number of its attribute.</summary>
    public delegate*<OperatorRun, long, void> Run;
}
