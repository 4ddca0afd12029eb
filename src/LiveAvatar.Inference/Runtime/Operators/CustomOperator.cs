using System.Runtime.InteropServices;

namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>struct OrtCustomOp of onnxruntime_c_api.h, as far as version 16 has it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CustomOperator
{
    public uint Version;
    public nint CreateKernel; // replaced by the one with a status
    public delegate* unmanaged<CustomOperator*, byte*> GetName;
    public delegate* unmanaged<CustomOperator*, byte*> GetExecutionProvider;
    public delegate* unmanaged<CustomOperator*, nuint, int> GetInputType;
    public delegate* unmanaged<CustomOperator*, nuint> GetInputCount;
    public delegate* unmanaged<CustomOperator*, nuint, int> GetOutputType;
    public delegate* unmanaged<CustomOperator*, nuint> GetOutputCount;
    public nint Compute; // replaced by the one with a status
    public delegate* unmanaged<void*, void> Destroy;
    public delegate* unmanaged<CustomOperator*, nuint, int> GetInputCharacteristic;
    public delegate* unmanaged<CustomOperator*, nuint, int> GetOutputCharacteristic;
    public delegate* unmanaged<CustomOperator*, nuint, int> GetInputMemoryType;
    public delegate* unmanaged<CustomOperator*, int> GetLeastInputs;
    public delegate* unmanaged<CustomOperator*, int> AreInputsAlike;
    public delegate* unmanaged<CustomOperator*, int> GetLeastOutputs;
    public delegate* unmanaged<CustomOperator*, int> AreOutputsAlike;
    public delegate* unmanaged<CustomOperator*, nint, nint, void**, nint> CreateKernelWithStatus;
    public delegate* unmanaged<void*, nint, nint> ComputeWithStatus;
    public nint InferShape; // from version 17 on
}
