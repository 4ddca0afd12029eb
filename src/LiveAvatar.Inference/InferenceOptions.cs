namespace LiveAvatar.Inference;

/// <summary>Where the ladder of providers begins. A rung that cannot be had is never an error: the next lower one is tried.</summary>
public enum ProviderPreference
{
    /// <summary>The best there is: TensorRT, then CUDA, then the CPU.</summary>
    Auto,

    /// <summary>The CPU only.</summary>
    Cpu,

    /// <summary>CUDA, then the CPU.</summary>
    Cuda,

    /// <summary>TensorRT, then CUDA, then the CPU.</summary>
    TensorRt,
}

/// <summary>Which numbers the graphs calculate with on the CPU, where a pack has both kinds.</summary>
public enum PrecisionPreference
{
    /// <summary>Int8 where the processor has instructions for it, else fp32.</summary>
    Auto,

    /// <summary>Int8 where the pack has it, whatever the processor.</summary>
    Int8,

    /// <summary>Fp32.</summary>
    Fp32,
}

/// <summary>How an <see cref="InferenceEngine"/> is set up.</summary>
public sealed record InferenceOptions
{
    /// <summary>Reads a portrait: (full path, width, height) to RGB planes 0…1, 3 × height × width numbers, red plane first.</summary>
    /// <remarks>Decoding images is the work of LiveAvatar.Codecs, which this project does not see. Any exception means the portrait cannot be read.</remarks>
    public required Func<string, int, int, float[]> ReadPortrait { get; init; }

    /// <summary>Where the ladder begins.</summary>
    public ProviderPreference ProviderPreference { get; init; } = ProviderPreference.Auto;

    /// <summary>Which numbers the graphs calculate with; on a GPU always the full graphs run.</summary>
    public PrecisionPreference Precision { get; init; } = PrecisionPreference.Auto;

    /// <summary>Threads within one run. One is best when many streams share the cores: two cost 25 to 55 % more CPU for 0 to 28 % less time.</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Folder where TensorRT keeps the engines it builds; without one each start builds them anew, which takes minutes.</summary>
    public string? EngineCacheFolder { get; init; }

    /// <summary>Number of the GPU.</summary>
    public int DeviceId { get; init; }

    /// <summary>Most streams that share one run: 1 runs each alone; null is 1 on the CPU and 16 on a GPU.</summary>
    /// <remarks>
    /// With more than one, a stream's call waits up to 2 ms per graph for others to join. Calls block meanwhile, so give as
    /// many threads as <see cref="InferenceEngine.RecommendedWorkers"/> says.
    /// </remarks>
    public int? MaxBatch { get; init; }
}
