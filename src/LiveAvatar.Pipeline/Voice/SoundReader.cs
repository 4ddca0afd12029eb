using System.Buffers.Binary;
using LiveAvatar.Codecs;
using LiveAvatar.Media.Audio;

namespace LiveAvatar.Pipeline.Voice;

/// <summary>Turns pushed bytes into 48 kHz mono sound, a slice at a time.</summary>
internal sealed class SoundReader : IDisposable
{
    private const int SlicesPerSecond = 50;
    private const int BytesPerSample = 2;

    private readonly VoiceFormat _format;
    private readonly OpusDecoder? _opus;
    private readonly Resampler? _resampler;
    private readonly float[] _mono;
    private readonly float[] _sound;
    private int _lastPacket = SoundQueue.SampleRate / SlicesPerSecond;

    public SoundReader(VoiceFormat format)
    {
        _format = format;
        if (format.Encoding == VoiceEncoding.Opus)
        {
            _opus = new OpusDecoder();
            (_mono, _sound) = ([], new float[_opus.MaxSamples]);
            return;
        }

        _mono = new float[format.SampleRate / SlicesPerSecond];
        _resampler = new Resampler(format.SampleRate, SoundQueue.SampleRate);
        _sound = new float[Math.Max(_resampler.MaxOutput(_mono.Length), _resampler.MaxDrain)];
    }

    /// <summary>Checks what a message holds.</summary>
    /// <exception cref="PushException">It is no whole number of samples, or longer than a packet.</exception>
    public void Check(ReadOnlySpan<byte> bytes)
    {
        if (_opus is null && bytes.Length % (BytesPerSample * _format.Channels) != 0)
        {
            throw new PushException("audio", $"{bytes.Length} bytes are no whole number of {_format.Channels}-channel 16-bit samples.");
        }

        if (_opus is not null && bytes.Length > OpusEncoder.MaxPacketLength)
        {
            throw new PushException("audio", $"an Opus packet has at most {OpusEncoder.MaxPacketLength} bytes, not {bytes.Length}; send one packet in a message.");
        }
    }

    /// <summary>Reads the first slice and moves on; empty sound at the end of the bytes may happen.</summary>
    /// <returns>Sound, valid until the next call.</returns>
    public ReadOnlyMemory<float> Read(ref ReadOnlySpan<byte> bytes)
    {
        if (_opus is not null)
        {
            return ReadPacket(ref bytes);
        }

        var frame = BytesPerSample * _format.Channels;
        var count = Math.Min(bytes.Length / frame, _mono.Length);
        for (var i = 0; i < count; i++)
        {
            var sum = 0;
            for (var channel = 0; channel < _format.Channels; channel++)
            {
                sum += BinaryPrimitives.ReadInt16LittleEndian(bytes[((i * frame) + (channel * BytesPerSample))..]);
            }

            _mono[i] = sum / (32768f * _format.Channels);
        }

        bytes = bytes[(count * frame)..];
        return _sound.AsMemory(0, _resampler!.Process(_mono.AsSpan(0, count), _sound));
    }

    /// <summary>The sound that the filter still holds at the end of an utterance; the next one starts afresh.</summary>
    public ReadOnlyMemory<float> Finish()
    {
        if (_resampler is null)
        {
            return default;
        }

        var rest = _resampler.Drain(_sound);
        _resampler.Reset();
        return _sound.AsMemory(0, rest);
    }

    public void Dispose() => _opus?.Dispose();

    private ReadOnlyMemory<float> ReadPacket(ref ReadOnlySpan<byte> bytes)
    {
        var samples = _opus!.Decode(bytes, _sound);
        bytes = [];
        if (samples == 0)
        {
            samples = _opus.DecodeLost(_sound, _lastPacket);
        }
        else
        {
            _lastPacket = samples;
        }

        return _sound.AsMemory(0, samples);
    }
}
