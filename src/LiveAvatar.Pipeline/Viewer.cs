using LiveAvatar.Media.Video;
using LiveAvatar.Rtc;

namespace LiveAvatar.Pipeline;

/// <summary>One peer that watches and hears a session.</summary>
public sealed class Viewer : IPeerObserver
{
    private readonly AvatarSession _session;
    private volatile bool _connected;

    internal Viewer(string id, AvatarSession session)
    {
        Id = id;
        _session = session;
    }

    /// <summary>Unguessable name, part of the WHEP resource.</summary>
    public string Id { get; }

    /// <summary>The connection; set before the viewer is seen by anyone else.</summary>
    public PeerConnection Peer { get; internal set; } = null!;

    /// <summary>Whether media may flow.</summary>
    public bool IsConnected => _connected;

    internal VideoCodec Codec => Peer.Session.VideoCodec;

    /// <summary>Ends watching.</summary>
    public void Close(SessionEndReason reason) => Peer.Close(reason);

    void IPeerObserver.OnConnected()
    {
        _connected = true;
        _session.RequestKeyFrame(Codec); // a late joiner gets its picture at once
    }

    void IPeerObserver.OnAudioPacket(in ReceivedAudio packet)
    {
        // A viewer has no voice in the session; what it sends is not asked for and not used.
    }

    void IPeerObserver.OnKeyFrameRequested() => _session.RequestKeyFrame(Codec);

    void IPeerObserver.OnClosed(SessionEndReason reason)
    {
        _connected = false;
        _session.Remove(this);
    }
}
