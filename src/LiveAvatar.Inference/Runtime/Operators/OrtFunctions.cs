using System.Runtime.InteropServices;

namespace LiveAvatar.Inference.Runtime.Operators;

/// <summary>The functions of ONNX Runtime's C interface that an operator of ours needs and its C# interface does not offer.</summary>
/// <remarks>
/// OrtApi (onnxruntime_c_api.h) is a table that only ever grows at its end, so a function's place in it is fixed for good.
/// Functions return a status, null for success.
/// </remarks>
internal static unsafe class OrtFunctions
{
    private const uint ApiVersion = 16; // the first with operators that can tell of errors
    private static readonly nint* Table = Load();

    public static readonly delegate* unmanaged<int, byte*, nint> CreateStatus = (delegate* unmanaged<int, byte*, nint>)Table[0];
    public static readonly delegate* unmanaged<nint, byte*> GetErrorMessage = (delegate* unmanaged<nint, byte*>)Table[2];
    public static readonly delegate* unmanaged<byte*, nint*, nint> CreateCustomOpDomain = (delegate* unmanaged<byte*, nint*, nint>)Table[26];
    public static readonly delegate* unmanaged<nint, CustomOperator*, nint> AddToDomain = (delegate* unmanaged<nint, CustomOperator*, nint>)Table[27];
    public static readonly delegate* unmanaged<nint, nint, nint> AddCustomOpDomain = (delegate* unmanaged<nint, nint, nint>)Table[28];
    public static readonly delegate* unmanaged<nint, void**, nint> GetTensorMutableData = (delegate* unmanaged<nint, void**, nint>)Table[51];
    public static readonly delegate* unmanaged<nint, nuint*, nint> GetDimensionsCount = (delegate* unmanaged<nint, nuint*, nint>)Table[61];
    public static readonly delegate* unmanaged<nint, long*, nuint, nint> GetDimensions = (delegate* unmanaged<nint, long*, nuint, nint>)Table[62];
    public static readonly delegate* unmanaged<nint, nint*, nint> GetTensorTypeAndShape = (delegate* unmanaged<nint, nint*, nint>)Table[65];
    public static readonly delegate* unmanaged<nint, byte*, long*, nint> GetAttribute = (delegate* unmanaged<nint, byte*, long*, nint>)Table[86];
    public static readonly delegate* unmanaged<nint, nuint, nint*, nint> GetInput = (delegate* unmanaged<nint, nuint, nint*, nint>)Table[90];
    public static readonly delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint> GetOutput = (delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)Table[91];
    public static readonly delegate* unmanaged<nint, void> ReleaseStatus = (delegate* unmanaged<nint, void>)Table[93];
    public static readonly delegate* unmanaged<nint, void> ReleaseShape = (delegate* unmanaged<nint, void>)Table[99];

    /// <summary>Throws what a status says.</summary>
    /// <exception cref="InvalidOperationException">It is not null.</exception>
    public static void Check(nint status)
    {
        if (status != 0)
        {
            var message = Marshal.PtrToStringUTF8((nint)GetErrorMessage(status));
            ReleaseStatus(status);
            throw new InvalidOperationException(message);
        }
    }

    private static nint* Load()
    {
        var getApi = (delegate* unmanaged<uint, nint*>)GetApiBase()[0];
        return getApi(ApiVersion);
    }

    [DllImport("onnxruntime", EntryPoint = "OrtGetApiBase")]
    private static extern nint* GetApiBase();
}
