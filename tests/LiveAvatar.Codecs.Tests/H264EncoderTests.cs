namespace LiveAvatar.Codecs.Tests;

/// <summary>What the bytes of an access unit say (ITU-T H.264 section 7.3).</summary>
public sealed class H264EncoderTests
{
    private const int Slice = 1;
    private const int Idr = 5;
    private const int Sps = 7;
    private const int Pps = 8;
    private static readonly MovingPicture Film = new(512, 512);

    [Fact]
    public void KeyFrame_CarriesItsParameterSets() => Assert.Equal([Sps, Pps, Idr], Encode(1)[0].Select(nal => nal[0] & 0x1F));

    [Fact]
    public void OtherFrames_AreOneSlice() => Assert.All(Encode(10).Skip(1), unit => Assert.Equal([Slice], unit.Select(nal => nal[0] & 0x1F)));

    // profile_idc 66 with constraint_set1: what "42e0xx" and "42c0xx" in an SDP offer promise a receiver.
    [Fact]
    public void Profile_IsConstrainedBaseline()
    {
        var sps = Encode(1)[0][0];
        Assert.Equal(66, sps[1]);
        Assert.Equal(0x40, sps[2] & 0x40);
        Assert.InRange(sps[3], 10, 31);
    }

    private static List<List<byte[]>> Encode(int frames)
    {
        using var encoder = new H264Encoder(new VideoEncoderOptions { Width = 512, Height = 512, Bitrate = 800_000 });
        var picture = Film.NewBuffer();
        var units = new List<List<byte[]>>();
        for (var index = 0; index < frames; index++)
        {
            Film.Draw(index, picture);
            units.Add(Split(encoder.Encode(picture, TimeSpan.FromMilliseconds(40 * index), false).Data));
        }

        return units;
    }

    // Annex B: every NAL unit begins after 00 00 01, with another zero before it or not.
    private static List<byte[]> Split(ReadOnlySpan<byte> unit)
    {
        var nals = new List<byte[]>();
        ReadOnlySpan<byte> code = [0, 0, 1];
        for (var rest = unit[(unit.IndexOf(code) + 3)..]; ;)
        {
            var next = rest.IndexOf(code);
            nals.Add((next < 0 ? rest : rest[..next].TrimEnd((byte)0)).ToArray());
            if (next < 0)
            {
                return nals;
            }

            rest = rest[(next + 3)..];
        }
    }
}
