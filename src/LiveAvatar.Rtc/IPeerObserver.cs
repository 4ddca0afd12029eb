namespace LiveAvatar.Rtc;

/// <summary>Hears what happens on a peer's connection.</summary>
/// <remarks>
/// Called on the endpoint's receive thread (<see cref="OnClosed"/> on its timer thread), which serves every session: return
/// fast. No lock is held, so calls back into the <see cref="PeerConnection"/> are fine. <see cref="OnClosed"/> is the last
/// call but for one that may be under way on the receive thread. An exception closes this peer with
/// <see cref="SessionEndReason.MediaFailed"/>.
/// </remarks>
public interface IPeerObserver
{
    /// <summary>ICE and DTLS are done and the peer's certificate is the promised one; media may be sent.</summary>
    public void OnConnected();

    /// <summary>A packet of the peer's audio, in order of arrival, not of sequence.</summary>
    public void OnAudioPacket(in ReceivedAudio packet);

    /// <summary>The peer cannot decode without a key frame. Already throttled to one per <see cref="RtcOptions.KeyFrameInterval"/>; also said once after <see cref="OnConnected"/>.</summary>
    public void OnKeyFrameRequested();

    /// <summary>The session is over.</summary>
    public void OnClosed(SessionEndReason reason);
}
