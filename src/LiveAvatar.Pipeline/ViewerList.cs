using System.Collections.Immutable;
using LiveAvatar.Media.Video;
using LiveAvatar.Pipeline.Voice;

namespace LiveAvatar.Pipeline;

/// <summary>The peers that watch one session; an immutable snapshot, swapped whole, so that sending takes no lock.</summary>
internal sealed class ViewerList
{
    private ImmutableArray<Viewer> _viewers = [];

    public int Count => _viewers.Length;

    public ImmutableArray<Viewer> Snapshot => _viewers;

    public void Add(Viewer viewer) => ImmutableInterlocked.Update(ref _viewers, (list, added) => list.Add(added), viewer);

    public bool Remove(Viewer viewer) =>
        ImmutableInterlocked.Update(ref _viewers, (list, removed) => list.Remove(removed), viewer);

    /// <summary>Sends the voice to every connected viewer.</summary>
    public void SendVoice(VoicePacket packet)
    {
        foreach (var viewer in _viewers)
        {
            if (viewer.IsConnected)
            {
                viewer.Peer.SendAudio(
                    packet.Payload.AsSpan(0, packet.Length),
                    PipelineTiming.ToAudioRtp(packet.MediaTime),
                    packet.StartsTalkSpurt,
                    packet.Captured.Ntp,
                    packet.Captured.ClockOffset);
            }
        }
    }

    /// <summary>Whether anyone connected watches, in this codec or, without one, in any.</summary>
    public bool AnyConnected(VideoCodec? codec = null)
    {
        foreach (var viewer in _viewers)
        {
            if (viewer.IsConnected && (codec is null || viewer.Codec == codec))
            {
                return true;
            }
        }

        return false;
    }
}
