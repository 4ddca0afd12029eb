namespace LiveAvatar.Pipeline.Ledger;

/// <summary>The moments of one frame, on the process's monotonic clock. It travels with the frame; zero is a moment that has not come.</summary>
internal struct FrameTimes
{
    /// <summary>When the first sample the frame shows was captured, by the driver's clock.</summary>
    public CaptureTime First;

    /// <summary>When the last sample it shows was captured.</summary>
    public CaptureTime Last;

    /// <summary>The kernel had the packet that completed the frame's sound, look-ahead included.</summary>
    public TimeSpan Received;

    /// <summary>The receive thread had unprotected it.</summary>
    public TimeSpan Taken;

    /// <summary>The chunk was in queue A.</summary>
    public TimeSpan Queued;

    /// <summary>A worker took it up.</summary>
    public TimeSpan Started;

    /// <summary>The encoders had heard it.</summary>
    public TimeSpan Listened;

    /// <summary>The picture was finished.</summary>
    public TimeSpan Drawn;

    /// <summary>The send loop took it up.</summary>
    public TimeSpan Encoding;

    /// <summary>The last byte was handed to the socket.</summary>
    public TimeSpan Sent;

    /// <summary>Time spent in encoders.</summary>
    public TimeSpan EncodeWork;

    /// <summary>Time spent packetising, protecting and sending.</summary>
    public TimeSpan SendWork;

    /// <summary>How long a stage took; null when the frame did not come through it.</summary>
    public readonly TimeSpan? Duration(PipelineStage stage) => stage switch
    {
        PipelineStage.Receive => Between(Received, Taken),
        PipelineStage.Decode => Between(Taken, Queued),
        PipelineStage.InferenceWait => Between(Queued, Started),
        PipelineStage.Listen => Between(Started, Listened),
        PipelineStage.Draw => Between(Listened, Drawn),
        PipelineStage.EncodeWait => Between(Drawn, Encoding),
        PipelineStage.Encode => Sent == default ? null : EncodeWork,
        PipelineStage.Send => Sent == default ? null : SendWork,
        _ => Between(Received, Sent),
    };

    private static TimeSpan? Between(TimeSpan from, TimeSpan to) => to == default ? null : to - from;
}
