using LiveAvatar.CallKit;
using LiveAvatar.Codecs;

namespace LiveAvatar.Perf;

/// <summary>People's voices as Opus packets of 10 ms, as a browser sends them.</summary>
internal static class SpokenVoices
{
    private const int MaxPacket = 400; // bytes; 10 ms at 32 kbit/s take about 40

    /// <summary>One voice after another, each from another place, so that no two sessions say the same at the same time.</summary>
    /// <param name="number">Which session.</param>
    public static IReadOnlyList<byte[]> Take(int number)
    {
        var voice = Voices[number % Voices.Count];
        var start = 97 * number % voice.Count;
        return [.. voice.Skip(start), .. voice.Take(start)];
    }

    private static readonly IReadOnlyList<IReadOnlyList<byte[]>> Voices =
        [.. new[] { "human.wav", "slt.wav", "rms.wav" }.Select(name => Encode(WavFile.Read(Checkout.At("tests", "vectors", "voices", name))))];

    private static List<byte[]> Encode(WavFile voice)
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions { SampleRate = voice.SampleRate, InbandFec = true, PacketLossPercent = 5 });
        var block = voice.SampleRate / 100;
        var buffer = new byte[MaxPacket];
        var packets = new List<byte[]>();
        for (var at = 0; at + block <= voice.Samples.Length; at += block)
        {
            packets.Add(buffer[..encoder.Encode(voice.Samples.AsSpan(at, block), buffer)]);
        }

        return packets;
    }
}
