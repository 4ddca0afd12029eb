using LiveAvatar.Inference.Packs;
using Microsoft.ML.OnnxRuntime;

namespace LiveAvatar.Inference.Runtime;

/// <summary>Session options for each rung, and the cheap reasons why a rung cannot be had.</summary>
internal static class Providers
{
    private static readonly Lock EnvironmentLock = new(); // guards the one creation of ONNX Runtime's process-wide environment

    /// <summary>The rungs to try before the CPU, best first.</summary>
    internal static ProviderRung[] GpuRungs(ProviderPreference preference) => preference switch
    {
        ProviderPreference.Cpu => [],
        ProviderPreference.Cuda => [ProviderRung.Cuda],
        _ => [ProviderRung.TensorRt, ProviderRung.Cuda],
    };

    /// <summary>ONNX Runtime's environment, silent but for what is fatal: a refused rung is told by the report, not by stderr.</summary>
    internal static OrtEnv Environment()
    {
        lock (EnvironmentLock)
        {
            if (!OrtEnv.IsCreated)
            {
                var options = new EnvironmentCreationOptions { logId = "LiveAvatar", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
                OrtEnv.CreateInstanceWithOptions(ref options);
            }

            return OrtEnv.Instance();
        }
    }

    /// <summary>Why a GPU rung cannot be had, as far as that shows without trying; null if it is worth a try.</summary>
    internal static string? Obstacle(ProviderRung rung)
    {
        var name = rung == ProviderRung.TensorRt ? "TensorrtExecutionProvider" : "CUDAExecutionProvider";
        if (!Environment().GetAvailableProviders().Contains(name))
        {
            return $"this libonnxruntime.so was built without {name}";
        }

        var library = rung == ProviderRung.TensorRt ? "libonnxruntime_providers_tensorrt.so" : "libonnxruntime_providers_cuda.so";
        return LibraryFolder() is { } folder && !File.Exists(Path.Combine(folder, library))
            ? $"{library} does not lie beside libonnxruntime.so; on a machine with an NVIDIA GPU './liveavatar setup --gpu' fetches it"
            : null;
    }

    /// <summary>Options for one graph's session on a rung.</summary>
    /// <param name="rung">The rung.</param>
    /// <param name="options">Threads, device, engine cache.</param>
    /// <param name="graph">The graph; TensorRT is told the range of its shapes.</param>
    /// <param name="batch">Most streams per run; with 1 the batch becomes a constant of the graph.</param>
    internal static SessionOptions Options(ProviderRung rung, InferenceOptions options, LoadedGraph graph, int batch)
    {
        var session = new SessionOptions
        {
            IntraOpNumThreads = options.IntraOpThreads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        try
        {
            session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
            session.AddSessionConfigEntry("session.set_denormal_as_zero", "1");
            if (batch == 1)
            {
                session.AddFreeDimensionOverrideByName(TensorSpec.Batch, 1);
            }

            Append(session, rung, options, graph, batch);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static void Append(SessionOptions session, ProviderRung rung, InferenceOptions options, LoadedGraph graph, int batch)
    {
        var device = options.DeviceId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (rung == ProviderRung.TensorRt)
        {
            var settings = new Dictionary<string, string> { ["device_id"] = device, ["trt_fp16_enable"] = "1" };
            if (options.EngineCacheFolder is { } folder)
            {
                Directory.CreateDirectory(folder);
                settings["trt_engine_cache_enable"] = "1";
                settings["trt_engine_cache_path"] = folder;
                settings["trt_timing_cache_enable"] = "1";
                settings["trt_timing_cache_path"] = folder;
            }

            if (batch > 1)
            {
                // One engine for all sizes; without the range it would be built anew for each size that comes up.
                settings["trt_profile_min_shapes"] = Shapes(graph, 1);
                settings["trt_profile_opt_shapes"] = Shapes(graph, (batch + 1) / 2);
                settings["trt_profile_max_shapes"] = Shapes(graph, batch);
            }

            using var tensorRt = new OrtTensorRTProviderOptions();
            tensorRt.UpdateOptions(settings);
            session.AppendExecutionProvider_Tensorrt(tensorRt);
        }

        // TensorRT leaves the operators it does not know to CUDA.
        if (rung != ProviderRung.Cpu)
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(new Dictionary<string, string> { ["device_id"] = device });
            session.AppendExecutionProvider_CUDA(cuda);
        }
    }

    /// <summary>The inputs' shapes as TensorRT wants them: name:1x2x3, separated by commas.</summary>
    internal static string Shapes(LoadedGraph graph, int batch) =>
        string.Join(',', graph.FixedInputs.Concat(graph.States).Select(spec => $"{spec.Name}:{string.Join('x', spec.ShapeFor(batch))}"));

    /// <summary>The folder the native library was loaded from: its providers are looked for there. Null where the system does not tell.</summary>
    private static string? LibraryFolder()
    {
        const string Maps = "/proc/self/maps"; // Linux: one line per mapping, the path last
        return File.Exists(Maps)
            ? File.ReadLines(Maps).Where(line => line.Contains("/libonnxruntime.so", StringComparison.Ordinal))
                .Select(line => Path.GetDirectoryName(line[line.IndexOf('/', StringComparison.Ordinal)..])).FirstOrDefault()
            : null;
    }
}
