using LiveAvatar.Media.Audio;

namespace LiveAvatar.Pipeline.Voice;

/// <summary>Keeps an interrupted microphone silent until its speaker pauses: the rest of the sentence shall not be heard.</summary>
/// <remarks>Used under the uplink's lock. Quiet is relative to the voice, since rooms and microphones differ by 30 dB.</remarks>
internal sealed class VoiceCut
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private const float BelowVoice = 20; // dB
    private const float Floor = -60; // dB to full scale: quieter than any voice
    private const float Forgets = 3; // dB/s: the voice's level of ten seconds ago says little

    private float _voice = Floor;
    private TimeSpan? _until;
    private TimeSpan _pausedSince;

    /// <summary>Cuts the voice off.</summary>
    public void Begin(TimeSpan mediaTime) => (_until, _pausedSince) = (mediaTime + Longest, mediaTime);

    /// <summary>Listens to the next sound.</summary>
    /// <param name="pcm48">It, at 48 kHz.</param>
    /// <param name="mediaTime">Where it begins.</param>
    /// <returns>True when it shall not be heard.</returns>
    public bool Hear(ReadOnlySpan<float> pcm48, TimeSpan mediaTime)
    {
        var duration = TimeSpan.FromSeconds(pcm48.Length / 48_000.0);
        var level = PcmLevel.Measure(pcm48).RmsDecibels;
        _voice = Math.Max(level, Math.Max(Floor, _voice - (float)(Forgets * duration.TotalSeconds)));
        if (_until is not { } until)
        {
            return false;
        }

        if (level > Math.Max(Floor, _voice - BelowVoice))
        {
            _pausedSince = mediaTime + duration;
        }

        if (mediaTime + duration - _pausedSince >= Pause || mediaTime >= until)
        {
            _until = null;
        }

        return true;
    }
}
