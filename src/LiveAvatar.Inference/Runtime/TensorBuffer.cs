using System.Runtime.InteropServices;
using LiveAvatar.Inference.Packs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace LiveAvatar.Inference.Runtime;

/// <summary>A tensor of fixed shape in native memory that ONNX Runtime reads and writes in place.</summary>
/// <remarks>Reaching its numbers allocates nothing. Not thread-safe; the spans die with the buffer.</remarks>
internal sealed unsafe class TensorBuffer : IDisposable
{
    private readonly byte* _data;
    private readonly int _length;

    internal TensorBuffer(TensorSpec spec, int batch = 1)
    {
        Spec = spec;
        Value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)spec.Type, spec.ShapeFor(batch));
        var memory = Value.GetTensorMutableRawData();
        _data = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
        _length = memory.Length;
        Bytes.Clear();
    }

    internal TensorSpec Spec { get; }

    internal OrtValue Value { get; }

    /// <summary>Whether its numbers never change once they are there, as those of an avatar's maps.</summary>
    internal bool IsConstant { get; init; }

    /// <summary>Where its memory begins.</summary>
    internal nint Address => (nint)_data;

    internal Span<byte> Bytes => new(_data, _length);

    /// <summary>The numbers of a float32 tensor.</summary>
    internal Span<float> Floats => new(_data, _length / sizeof(float));

    /// <summary>Fills the whole tensor with one number.</summary>
    internal void Fill(float number)
    {
        switch (Spec.Type)
        {
            case ElementType.Float32:
                Floats.Fill(number);
                break;
            case ElementType.Int32:
                MemoryMarshal.Cast<byte, int>(Bytes).Fill((int)number);
                break;
            case ElementType.Int64:
                MemoryMarshal.Cast<byte, long>(Bytes).Fill((long)number);
                break;
            default:
                throw new InvalidOperationException($"A tensor of {Spec.Type} cannot be filled with a number.");
        }
    }

    public void Dispose() => Value.Dispose();
}
