namespace LiveAvatar.CallKit;

/// <summary>One connection of a page.</summary>
/// <param name="Peer">Its number inside the page.</param>
/// <param name="Session">The session's id, from the resource's path.</param>
/// <param name="Location">The WHIP or WHEP resource.</param>
/// <param name="Times">When things happened, performance.now() in ms.</param>
/// <param name="CaptureTime">The browser negotiates abs-capture-time.</param>
/// <param name="State">The peer connection's state.</param>
public sealed record ProbePeer(int Peer, string Session, string Location, ConnectTimes Times, bool CaptureTime, string State);

/// <summary>The moments of a connection, performance.now() in ms.</summary>
/// <param name="Posted">The offer was handed to fetch.</param>
/// <param name="Answered">The answer's body was read.</param>
/// <param name="Connected">The peer connection said "connected".</param>
/// <param name="FirstFrame">The first decoded frame was presented.</param>
public sealed record ConnectTimes(double Posted, double Answered, double Connected, double FirstFrame);

/// <summary>What Chromium counts about a video it receives (W3C webrtc-stats, inbound-rtp).</summary>
/// <param name="At">When, performance.now() in ms.</param>
/// <param name="FramesDecoded">Frames decoded so far.</param>
/// <param name="FramesDropped">Frames dropped before display.</param>
/// <param name="FreezeCount">Freezes by the browser's own definition.</param>
/// <param name="TotalFreezesDuration">Time spent in them, s.</param>
/// <param name="PacketsLost">Packets that did not come.</param>
/// <param name="NackCount">Requests for lost packets.</param>
/// <param name="PliCount">Requests for a key frame.</param>
/// <param name="FrameWidth">Pixels.</param>
/// <param name="FrameHeight">Pixels.</param>
public sealed record InboundVideo(
    double At, long FramesDecoded, long FramesDropped, long FreezeCount, double TotalFreezesDuration, long PacketsLost, long NackCount, long PliCount,
    int FrameWidth, int FrameHeight);

/// <summary>What a browser counts about a sound it receives (W3C webrtc-stats, inbound-rtp).</summary>
/// <param name="JitterBufferDelay">Time that samples have spent in the jitter buffer, summed over them, s.</param>
/// <param name="JitterBufferEmittedCount">Samples that have left it.</param>
/// <param name="TotalSamplesReceived">Samples that were to be played, concealed ones among them.</param>
/// <param name="ConcealedSamples">Samples made up because theirs were missing.</param>
/// <param name="SilentConcealedSamples">Those of them that are silence or faint noise.</param>
public sealed record InboundAudio(
    double JitterBufferDelay, double JitterBufferEmittedCount, double TotalSamplesReceived, double ConcealedSamples, double SilentConcealedSamples)
{
    /// <summary>How long the browser holds sound before playing it, mean, ms.</summary>
    public double BufferMs => 1000 * JitterBufferDelay / JitterBufferEmittedCount;

    /// <summary>How much of what is played is made up, silence left out, %.</summary>
    public double ConcealedPercent => 100 * (ConcealedSamples - SilentConcealedSamples) / TotalSamplesReceived;

    /// <summary>The same of the time since an earlier reading.</summary>
    public InboundAudio Since(InboundAudio before) => new(
        JitterBufferDelay - before.JitterBufferDelay, JitterBufferEmittedCount - before.JitterBufferEmittedCount,
        TotalSamplesReceived - before.TotalSamplesReceived, ConcealedSamples - before.ConcealedSamples, SilentConcealedSamples - before.SilentConcealedSamples);
}
