using LiveAvatar.Media.Audio;
using LiveAvatar.Media.WebM;
using LiveAvatar.Pipeline.Voice;

namespace LiveAvatar.Pipeline.Recording;

/// <summary>Puts a session's packets into a WebM file: times from zero, and silence where the voice pauses.</summary>
/// <remarks>One thread writes. A session sends no packets while nobody speaks; players and editors expect sound without holes.</remarks>
internal sealed class RecordingFile : IDisposable
{
    private const int SilenceSamples = 960;
    private static readonly TimeSpan SilenceLength = TimeSpan.FromMilliseconds(20);

    // Voice comes before the picture of the same moment by the time that takes to draw, under 200 ms; later no packet comes.
    private static readonly TimeSpan VoiceIsAhead = TimeSpan.FromMilliseconds(300);

    // Packets follow each other to the sample; a pause is longer than what rounding to milliseconds could be.
    private static readonly TimeSpan Hole = TimeSpan.FromMilliseconds(5);

    private readonly Stream _output;
    private readonly WebMWriter _writer;
    private TimeSpan? _zero; // media time of the first picture
    private TimeSpan _voiceEnd;
    private TimeSpan _lastPicture;
    public RecordingFile(Stream output, WebMOptions options)
    {
        _output = output;
        try
        {
            _writer = new WebMWriter(output, options);
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    /// <summary>How long it plays so far.</summary>
    public TimeSpan Duration => _lastPicture;

    /// <summary>Writes a packet; those of a track must come in order.</summary>
    public void Write(RecordedPacket packet)
    {
        _zero ??= packet.MediaTime;
        var time = packet.MediaTime - _zero.Value;
        var data = packet.Data;
        if (packet.IsVideo)
        {
            FillSilence(time - VoiceIsAhead);
            _writer.WriteVideo(data, _lastPicture = time, packet.IsKeyFrame);
        }
        else if (time >= _voiceEnd - Hole && OpusToc.TryGetDuration(data, out var samples))
        {
            FillSilence(time - Hole);
            _writer.WriteAudio(data, _voiceEnd);
            _voiceEnd += TimeSpan.FromSeconds(samples / 48_000.0);
        }
    }

    /// <summary>Completes the file: index and length.</summary>
    public void Complete()
    {
        FillSilence(_lastPicture);
        _writer.Complete(_lastPicture > _voiceEnd ? _lastPicture : _voiceEnd);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _output.Dispose();
    }

    private void FillSilence(TimeSpan until)
    {
        while (_voiceEnd + SilenceLength <= until)
        {
            _writer.WriteAudio(SilentOpus.Packet(SilenceSamples), _voiceEnd);
            _voiceEnd += SilenceLength;
        }
    }
}
