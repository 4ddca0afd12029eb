namespace LiveAvatar.Pipeline;

/// <summary>What one session has counted; each field has one writer, readers may see it a moment late.</summary>
internal sealed class PipelineCounters
{
    // Written under the uplink's lock.
    public long AudioReceived;
    public long AudioConcealed;
    public long AudioSkipped;
    public long AudioUndecodable;
    public long SilenceFilled;
    public long ChunksDropped;

    // Written by the inference worker.
    public long FramesDrawn;
    public long FramesSkipped;

    // Written by the send loop.
    public long FramesSent;
    public long KeyFrames;
    public long VideoBytes;

    // Written with Interlocked: a queue's drop callback runs on whichever thread wrote.
    public long FramesDropped;
    public long VoiceDropped;
}
