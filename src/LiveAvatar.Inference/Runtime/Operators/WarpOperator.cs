using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>The operator <c>liveavatar::Warp</c> on a CPU (<see cref="PlaneWarp"/>); <see cref="Fusion.WarpFusion"/> puts it into graphs.</summary>
/// <remarks>
/// Inputs: places float32 [1, 2, n, n], table float32 [1, w * w]. Attribute <c>size</c>. Output: uint8 [1, 1, size, size].
/// Registered once per process; the domain and its texts live as long as the process.
/// </remarks>
internal static unsafe class WarpOperator
{
    /// <summary>The operator's domain.</summary>
    public const string Domain = "liveavatar";

    private const int Float32 = 1; // ONNXTensorElementDataType
    private const int UInt8 = 2;
    private const int InvalidArgument = 2; // OrtErrorCode
    private static readonly byte* Name = Text("Warp");
    private static readonly byte* SizeName = Text("size");
    private static readonly nint Registered = CreateDomain();

    /// <summary>Makes the operator known to a session.</summary>
    public static void Add(SessionOptions session) => OrtFunctions.Check(OrtFunctions.AddCustomOpDomain(session.DangerousGetHandle(), Registered));

    private static nint CreateDomain()
    {
        var operation = (CustomOperator*)NativeMemory.AllocZeroed((nuint)sizeof(CustomOperator));
        operation->Version = 16;
        operation->GetName = &GetName;
        operation->GetExecutionProvider = &GetExecutionProvider;
        operation->GetInputType = &GetInputType;
        operation->GetInputCount = &GetInputCount;
        operation->GetOutputType = &GetOutputType;
        operation->GetOutputCount = &GetOutputCount;
        operation->Destroy = &Destroy;
        operation->GetInputCharacteristic = &GetRequired;
        operation->GetOutputCharacteristic = &GetRequired;
        operation->GetInputMemoryType = &GetRequired;
        operation->GetLeastInputs = &GetNone;
        operation->AreInputsAlike = &GetNone;
        operation->GetLeastOutputs = &GetNone;
        operation->AreOutputsAlike = &GetNone;
        operation->CreateKernelWithStatus = &Create;
        operation->ComputeWithStatus = &Compute;
        nint domain;
        OrtFunctions.Check(OrtFunctions.CreateCustomOpDomain(Text(Domain), &domain));
        OrtFunctions.Check(OrtFunctions.AddToDomain(domain, operation));
        return domain;
    }

    private static byte* Text(string text)
    {
        var bytes = (byte*)NativeMemory.AllocZeroed((nuint)text.Length + 1);
        Encoding.ASCII.GetBytes(text, new Span<byte>(bytes, text.Length));
        return bytes;
    }

    [UnmanagedCallersOnly]
    private static byte* GetName(CustomOperator* operation) => Name;

    [UnmanagedCallersOnly]
    private static byte* GetExecutionProvider(CustomOperator* operation) => null; // the CPU

    [UnmanagedCallersOnly]
    private static int GetInputType(CustomOperator* operation, nuint index) => Float32;

    [UnmanagedCallersOnly]
    private static nuint GetInputCount(CustomOperator* operation) => 2;

    [UnmanagedCallersOnly]
    private static int GetOutputType(CustomOperator* operation, nuint index) => UInt8;

    [UnmanagedCallersOnly]
    private static nuint GetOutputCount(CustomOperator* operation) => 1;

    [UnmanagedCallersOnly]
    private static int GetRequired(CustomOperator* operation, nuint index) => 0; // also: default memory

    [UnmanagedCallersOnly]
    private static int GetNone(CustomOperator* operation) => 0;

    [UnmanagedCallersOnly]
    private static void Destroy(void* kernel) => NativeMemory.Free(kernel);

    // A kernel is its attribute.
    [UnmanagedCallersOnly]
    private static nint Create(CustomOperator* operation, nint api, nint info, void** kernel)
    {
        long size;
        var status = OrtFunctions.GetAttribute(info, SizeName, &size);
        if (status == 0)
        {
            *kernel = NativeMemory.Alloc(sizeof(long));
            *(long*)*kernel = size;
        }

        return status;
    }

    [UnmanagedCallersOnly]
    private static nint Compute(void* kernel, nint context)
    {
        try
        {
            var size = *(long*)kernel;
            var places = Input(context, 0, out var cells);
            var table = Input(context, 1, out _);
            var shape = stackalloc long[] { 1, 1, size, size };
            nint output;
            OrtFunctions.Check(OrtFunctions.GetOutput(context, 0, shape, 4, &output));
            void* bytes;
            OrtFunctions.Check(OrtFunctions.GetTensorMutableData(output, &bytes));
            var width = (int)Math.Sqrt(table.Length);
            PlaneWarp.Run(places, (int)cells, table, width, new Span<byte>(bytes, checked((int)(size * size))), (int)size);
            return 0;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or OverflowException)
        {
            // No exception may leave for native code; a status fails the run, and with it this session alone.
            fixed (byte* message = Encoding.UTF8.GetBytes(error.Message + '\0'))
            {
                return OrtFunctions.CreateStatus(InvalidArgument, message);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<float> Input(nint context, nuint index, out long last)
    {
        const int MaxRank = 8;
        nint value, shape;
        nuint rank;
        void* data;
        OrtFunctions.Check(OrtFunctions.GetInput(context, index, &value));
        OrtFunctions.Check(OrtFunctions.GetTensorTypeAndShape(value, &shape));
        var dimensions = stackalloc long[MaxRank];
        var failed = OrtFunctions.GetDimensionsCount(shape, &rank);
        failed = failed != 0 || rank > MaxRank ? failed : OrtFunctions.GetDimensions(shape, dimensions, rank);
        OrtFunctions.ReleaseShape(shape);
        OrtFunctions.Check(failed);
        var length = 1L;
        for (nuint i = 0; i < rank && i < MaxRank; i++)
        {
            length = checked(length * dimensions[i]);
        }

        last = rank is > 0 and <= MaxRank ? dimensions[rank - 1] : 0;
        OrtFunctions.Check(OrtFunctions.GetTensorMutableData(value, &data));
        return new ReadOnlySpan<float>(data, checked((int)length));
    }
}
