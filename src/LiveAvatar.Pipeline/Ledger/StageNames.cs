namespace LiveAvatar.Pipeline.Ledger;

/// <summary>What the stages are called outside.</summary>
public static class StageNames
{
    /// <summary>All stages, in the order they happen.</summary>
    public static IReadOnlyList<PipelineStage> All { get; } = Enum.GetValues<PipelineStage>();

    /// <summary>The name in metrics, reports and traces.</summary>
    public static string Of(PipelineStage stage) => stage switch
    {
        PipelineStage.Receive => "receive",
        PipelineStage.Decode => "decode",
        PipelineStage.InferenceWait => "inference_wait",
        PipelineStage.Listen => "listen",
        PipelineStage.Draw => "draw",
        PipelineStage.EncodeWait => "encode_wait",
        PipelineStage.Encode => "encode",
        PipelineStage.Send => "send",
        _ => "total",
    };

    /// <summary>"wait" or "work"; "all" for the total of both.</summary>
    public static string KindOf(PipelineStage stage) => stage switch
    {
        PipelineStage.Receive or PipelineStage.InferenceWait or PipelineStage.EncodeWait => "wait",
        PipelineStage.Total => "all",
        _ => "work",
    };
}
