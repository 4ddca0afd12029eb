using System.Collections.Immutable;
using LiveAvatar.Media.Video;
using LiveAvatar.Pipeline.Recording;
using LiveAvatar.Pipeline.Voice;

namespace LiveAvatar.Pipeline;

/// <summary>The peers that watch one session, and its recorder; an immutable snapshot, swapped whole, so that sending takes no lock.</summary>
internal sealed class ViewerList
{
    private ImmutableArray<Viewer> _viewers = [];
    private SessionRecorder? _recorder;

    public int Count => _viewers.Length;

    public ImmutableArray<Viewer> Snapshot => _viewers;

    /// <summary>Who records, in VP8; null when nobody does or writing has failed.</summary>
    public SessionRecorder? Recorder
    {
        get => Volatile.Read(ref _recorder) is { IsRunning: true } running ? running : null;
        set => Volatile.Write(ref _recorder, value);
    }

    /// <summary>Takes away whoever records or has failed to.</summary>
    public SessionRecorder? TakeRecorder() => Interlocked.Exchange(ref _recorder, null);

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

    /// <summary>Whether anyone connected watches or records, in this codec or, without one, in any.</summary>
    public bool AnyConnected(VideoCodec? codec = null)
    {
        if (Recorder is not null && codec is null or VideoCodec.Vp8)
        {
            return true;
        }

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
