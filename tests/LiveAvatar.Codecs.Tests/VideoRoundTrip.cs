namespace LiveAvatar.Codecs.Tests;

/// <summary>Encodes a film, decodes every frame and keeps what a test asks about.</summary>
internal sealed record VideoRoundTrip(
    IReadOnlyList<double> Psnr, IReadOnlyList<int> Sizes, IReadOnlyList<bool> Keys, IReadOnlyList<int> Layers)
{
    public const double FrameRate = 25;

    /// <summary>Bits per second over the frames from <paramref name="first"/> on.</summary>
    public double Bitrate(int first) => Sizes.Skip(first).Average() * 8 * FrameRate;

    public static VideoRoundTrip Run(
        IVideoEncoder encoder,
        IVideoDecoder decoder,
        MovingPicture film,
        int frames,
        Func<int, bool>? forceKey = null,
        Action<int>? before = null,
        Func<int, int, bool>? deliver = null)
    {
        var (picture, decoded) = (film.NewBuffer(), film.NewBuffer());
        var (psnr, sizes, keys, layers) = (new List<double>(), new List<int>(), new List<bool>(), new List<int>());
        for (var index = 0; index < frames; index++)
        {
            before?.Invoke(index);
            film.Draw(index, picture);
            var frame = encoder.Encode(picture, TimeSpan.FromSeconds(index / FrameRate), forceKey?.Invoke(index) ?? false);
            Assert.False(frame.Data.IsEmpty, $"frame {index} was dropped");
            sizes.Add(frame.Data.Length);
            keys.Add(frame.IsKeyFrame);
            layers.Add(frame.TemporalLayer);
            if (deliver?.Invoke(index, frame.TemporalLayer) ?? true)
            {
                Assert.True(decoder.TryDecode(frame.Data), $"frame {index} does not decode");
                Assert.Equal((film.Layout.Width, film.Layout.Height), (decoder.Width, decoder.Height));
                decoder.CopyTo(decoded);
                psnr.Add(PictureQuality.Psnr(picture, decoded));
            }
        }

        return new VideoRoundTrip(psnr, sizes, keys, layers);
    }
}
