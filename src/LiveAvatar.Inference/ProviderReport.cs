namespace LiveAvatar.Inference;

/// <summary>What runs the graphs, best first.</summary>
public enum ProviderRung
{
    /// <summary>TensorRT engines with fp16 on an NVIDIA GPU.</summary>
    TensorRt,

    /// <summary>CUDA kernels on an NVIDIA GPU.</summary>
    Cuda,

    /// <summary>ONNX Runtime's own kernels on the CPU.</summary>
    Cpu,
}

/// <summary>Why a rung of the ladder was not taken.</summary>
/// <param name="Rung">The rung.</param>
/// <param name="Reason">One sentence for the operator.</param>
public sealed record RefusedRung(ProviderRung Rung, string Reason);

/// <summary>The rung an engine stands on and why each one above it was refused.</summary>
/// <param name="Rung">The rung taken.</param>
/// <param name="Refused">The rungs above it, best first.</param>
/// <param name="RuntimeVersion">Version of ONNX Runtime's native library.</param>
public sealed record ProviderReport(ProviderRung Rung, IReadOnlyList<RefusedRung> Refused, string RuntimeVersion)
{
    /// <summary>One line for logs: the rung, then each refusal.</summary>
    public override string ToString() =>
        $"{Rung} (ONNX Runtime {RuntimeVersion}){string.Concat(Refused.Select(refused => $"; no {refused.Rung}: {refused.Reason}"))}";
}
