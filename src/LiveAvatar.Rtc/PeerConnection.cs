using System.Diagnostics.CodeAnalysis;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Rtc.Sdp;
using LiveAvatar.Rtc.Session;

namespace LiveAvatar.Rtc;

/// <summary>One peer's connection: answered, then checked by ICE, secured by DTLS, then carrying media both ways until it ends.</summary>
/// <remarks>
/// Made by <see cref="RtcEndpoint.CreatePeer"/>. Every member may be called from any thread; none waits for the network but
/// <see cref="DisposeAsync"/>.
/// </remarks>
public sealed class PeerConnection : IAsyncDisposable
{
    private readonly PeerEnvironment _environment;
    private readonly PeerSession _session;

    internal PeerConnection(PeerEnvironment environment, PeerSession session)
    {
        _environment = environment;
        _session = session;
    }

    /// <summary>Names the peer, in URLs too; 128 random bits.</summary>
    public string Id => _session.Id;

    /// <summary>What was agreed; replaced by an ICE restart.</summary>
    public NegotiatedSession Session => _session.Negotiated;

    /// <summary>The answer to the peer's offer.</summary>
    public string AnswerSdp => Session.AnswerSdp;

    /// <summary>The entity tag of the ICE session, changed by each restart (RFC 9725 section 4.3.1).</summary>
    public string ETag => $"\"{Session.LocalUfrag}\"";

    /// <summary>How far the connection is.</summary>
    public PeerState State => _session.State;

    /// <summary>Completes when the session is over and everything native is freed.</summary>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "Completed by the timer thread, which waits for nobody.")]
    public Task Closed => _session.Closed;

    private TimeSpan Now => _environment.Now;

    /// <summary>Sends one encoded frame: packets leave at once, those of a key frame spread over some milliseconds.</summary>
    /// <remarks>Callable from any thread. Nothing is sent before the peer is connected, nor before its first key frame.</remarks>
    /// <param name="accessUnit">A VP8 frame, or an H.264 access unit in Annex B form.</param>
    /// <param name="rtpTimestamp90k">Media time in 1/90000 s, of the same zero as <see cref="SendAudio"/>'s.</param>
    /// <param name="keyFrame">The frame needs no other.</param>
    /// <param name="temporalLayer">0 for the base layer.</param>
    /// <param name="captureNtp">NTP capture time of what the frame shows, by the capturer's clock; 0 = unknown.</param>
    /// <param name="captureClockOffset">Our clock minus the capturer's, signed 32.32 s; null = unknown.</param>
    public void SendVideo(
        ReadOnlySpan<byte> accessUnit, long rtpTimestamp90k, bool keyFrame, int temporalLayer, ulong captureNtp, long? captureClockOffset = null) =>
        _session.Sender.SendVideo(accessUnit, rtpTimestamp90k, keyFrame, temporalLayer, captureNtp, captureClockOffset, Now);

    /// <summary>Sends one Opus packet, at once.</summary>
    /// <remarks>Callable from any thread. Nothing is sent before the peer is connected.</remarks>
    /// <param name="opusPacket">Up to <see cref="RtpLimits.MaxPayload"/> bytes; a longer one is dropped.</param>
    /// <param name="rtpTimestamp48k">Media time in 1/48000 s, of the same zero as <see cref="SendVideo"/>'s.</param>
    /// <param name="marker">First packet after a silence.</param>
    /// <param name="captureNtp">NTP capture time by the capturer's clock; 0 = unknown.</param>
    /// <param name="captureClockOffset">Our clock minus the capturer's, signed 32.32 s; null = unknown.</param>
    public void SendAudio(
        ReadOnlySpan<byte> opusPacket, long rtpTimestamp48k, bool marker, ulong captureNtp, long? captureClockOffset = null) =>
        _session.Sender.SendAudio(opusPacket, rtpTimestamp48k, marker, captureNtp, captureClockOffset, Now);

    /// <summary>Sets the limits of the peer's playout delay, told with every video packet from now on; steps of 10 ms.</summary>
    public void SetPlayoutDelay(TimeSpan min, TimeSpan max) => _session.Sender.SetPlayoutDelay(new PlayoutDelay(min, max));

    /// <summary>What the path to the peer bears, bits per second: from its transport-wide feedback or REMB, at most <see cref="PeerOptions.VideoBitrate"/>.</summary>
    /// <remarks>
    /// An encoder that serves this peer alone should follow it. A peer whose path bears less than three quarters of the
    /// encoder's rate is sent the base layer only, where the encoder makes two.
    /// </remarks>
    public int TargetBitrate => _session.Sender.TargetBitrate;

    /// <summary>Tells the encoder's present rate, in bits per second, above 0; pacing and layer dropping go by it.</summary>
    public void SetVideoBitrate(int bitsPerSecond) => _session.Sender.SetVideoBitrate(bitsPerSecond);

    /// <summary>Restarts ICE with the peer's new credentials; the media goes on over the old path until the new one is nominated.</summary>
    /// <returns>The fragment to answer the WHIP PATCH with; <see cref="ETag"/> is new.</returns>
    public string RestartIce(IceFragment fragment)
    {
        ArgumentNullException.ThrowIfNull(fragment);
        return _session.RestartIce(fragment).IceFragment;
    }

    /// <summary>The counters now.</summary>
    public PeerStats GetStats() => _session.GetStats();

    /// <summary>Ends the session; the timer thread says goodbye and frees it within milliseconds. Only the first reason counts.</summary>
    public void Close(SessionEndReason reason) => _session.Close(reason);

    /// <summary>Ends the session and waits until it is over.</summary>
    public ValueTask DisposeAsync() => _session.DisposeAsync();

    /// <summary>What is added to the media timestamps on the wire.</summary>
    internal uint GetTimestampOffset(bool video) => _session.Sender.GetTimestampOffset(video);
}
