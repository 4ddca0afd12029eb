using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>The operators of ours that <see cref="Fusion.GraphFusion"/> puts into graphs, on a CPU.</summary>
/// <remarks>Made once per process; the domain and its texts live as long as the process.</remarks>
internal static unsafe class OperatorDomain
{
    /// <summary>The domain's name.</summary>
    public const string Name = "liveavatar";

    private const int Float32 = 1; // ONNXTensorElementDataType
    private const int UInt8 = 2;
    private const int InvalidArgument = 2; // OrtErrorCode
    private static readonly nint Registered = Create();

    /// <summary>Makes the operators known to a session.</summary>
    public static void Add(SessionOptions session) => OrtFunctions.Check(OrtFunctions.AddCustomOpDomain(session.DangerousGetHandle(), Registered));

    private static nint Create()
    {
        nint domain;
        OrtFunctions.Check(OrtFunctions.CreateCustomOpDomain(Text(Name), &domain));
        Register(domain, "Warp", "size", inputs: 2, UInt8, &WarpOperator.Run);
        Register(domain, "WarpFeatures", null, inputs: 2, Float32, &FeatureWarpOperator.Run);
        Register(domain, "PixelShuffle", "blocksize", inputs: 1, Float32, &PixelShuffleOperator.Run);
        return domain;
    }

    private static void Register(nint domain, string name, string? attribute, nuint inputs, int outputType, delegate*<OperatorRun, long, void> run)
    {
        var entry = (OperatorEntry*)NativeMemory.AllocZeroed((nuint)sizeof(OperatorEntry));
        entry->Name = Text(name);
        entry->Attribute = attribute is null ? null : Text(attribute);
        entry->InputCount = inputs;
        entry->OutputType = outputType;
        entry->Run = run;
        entry->Interface = new CustomOperator
        {
            Version = 16,
            GetName = &GetName,
            GetExecutionProvider = &GetExecutionProvider,
            GetInputType = &GetInputType,
            GetInputCount = &GetInputCount,
            GetOutputType = &GetOutputType,
            GetOutputCount = &GetOutputCount,
            Destroy = &Destroy,
            GetInputCharacteristic = &GetRequired,
            GetOutputCharacteristic = &GetRequired,
            GetInputMemoryType = &GetRequired,
            GetLeastInputs = &GetNone,
            AreInputsAlike = &GetNone,
            GetLeastOutputs = &GetNone,
            AreOutputsAlike = &GetNone,
            CreateKernelWithStatus = &CreateKernel,
            ComputeWithStatus = &Compute,
        };
        OrtFunctions.Check(OrtFunctions.AddToDomain(domain, &entry->Interface));
    }

    private static byte* Text(string text)
    {
        var bytes = (byte*)NativeMemory.AllocZeroed((nuint)text.Length + 1);
        Encoding.ASCII.GetBytes(text, new Span<byte>(bytes, text.Length));
        return bytes;
    }

    [UnmanagedCallersOnly]
    private static byte* GetName(CustomOperator* operation) => ((OperatorEntry*)operation)->Name;

    [UnmanagedCallersOnly]
    private static byte* GetExecutionProvider(CustomOperator* operation) => null; // the CPU

    [UnmanagedCallersOnly]
    private static int GetInputType(CustomOperator* operation, nuint index) => Float32;

    [UnmanagedCallersOnly]
    private static nuint GetInputCount(CustomOperator* operation) => ((OperatorEntry*)operation)->InputCount;

    [UnmanagedCallersOnly]
    private static int GetOutputType(CustomOperator* operation, nuint index) => ((OperatorEntry*)operation)->OutputType;

    [UnmanagedCallersOnly]
    private static nuint GetOutputCount(CustomOperator* operation) => 1;

    [UnmanagedCallersOnly]
    private static int GetRequired(CustomOperator* operation, nuint index) => 0; // also: default memory

    [UnmanagedCallersOnly]
    private static int GetNone(CustomOperator* operation) => 0;

    [UnmanagedCallersOnly]
    private static void Destroy(void* kernel) => NativeMemory.Free(kernel);

    [UnmanagedCallersOnly]
    private static nint CreateKernel(CustomOperator* operation, nint api, nint info, void** kernel)
    {
        var value = 0L;
        var entry = (OperatorEntry*)operation;
        var status = entry->Attribute is null ? 0 : OrtFunctions.GetAttribute(info, entry->Attribute, &value);
        if (status == 0)
        {
            *kernel = NativeMemory.Alloc((nuint)sizeof(Kernel));
            *(Kernel*)*kernel = new Kernel { Entry = entry, Attribute = value };
        }

        return status;
    }

    [UnmanagedCallersOnly]
    private static nint Compute(void* kernel, nint context)
    {
        var node = (Kernel*)kernel;
        try
        {
            node->Entry->Run(new OperatorRun(context), node->Attribute);
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

    // One node of a graph.
    private struct Kernel
    {
        public OperatorEntry* Entry;
        public long Attribute;
    }
}
