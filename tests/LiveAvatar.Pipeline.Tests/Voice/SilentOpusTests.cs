using LiveAvatar.Codecs;
using LiveAvatar.Pipeline.Voice;

namespace LiveAvatar.Pipeline.Tests.Voice;

public sealed class SilentOpusTests
{
    [Theory]
    [InlineData(480, 480)]
    [InlineData(960, 960)]
    [InlineData(2880, 960)]
    public void Packet_PlaysSilenceAfterAVoice(int asked, int played)
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions());
        using var decoder = new OpusDecoder();
        var packet = new byte[OpusEncoder.MaxPacketLength];
        var pcm = new float[decoder.MaxSamples];
        for (var block = 0; block < 20; block++)
        {
            var tone = Enumerable.Range(block * 960, 960).Select(i => 0.5f * MathF.Sin(2 * MathF.PI * 200 * i / 48_000)).ToArray();
            decoder.Decode(packet.AsSpan(0, encoder.Encode(tone, packet)), pcm);
        }

        Assert.Equal(played, decoder.Decode(SilentOpus.Packet(asked), pcm)); // the last sound rings out here
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(played, decoder.Decode(SilentOpus.Packet(asked), pcm));
        }

        Assert.InRange(pcm.Take(played).Max(MathF.Abs), 0, 1e-3f);
    }
}
