using LiveAvatar.Codecs;
using LiveAvatar.Inference;

namespace LiveAvatar.Quality.Engine;

/// <summary>Sends pictures through VP8 at a bit rate, as a viewer gets them.</summary>
internal static class VideoCodecTrip
{
    /// <summary>What comes out for each picture, and the bits per second that were spent.</summary>
    /// <remarks>The sequence is played forth, back and forth again, and the last pass counts: by then the rate control has settled, as in a call.</remarks>
    internal static (byte[][] Pictures, double BitsPerSecond) Vp8(IReadOnlyList<byte[]> pictures, PackVideo video, int bitsPerSecond)
    {
        using var encoder = new Vp8Encoder(new VideoEncoderOptions { Width = video.Width, Height = video.Height, FrameRate = video.FrameRate, Bitrate = bitsPerSecond });
        using var decoder = new Vp8Decoder();
        var order = Enumerable.Range(0, pictures.Count).ToArray();
        int[] passes = [.. order, .. order.Reverse(), .. order];
        var (result, bytes) = (new byte[pictures.Count][], 0L);
        for (var i = 0; i < passes.Length; i++)
        {
            var frame = encoder.Encode(pictures[passes[i]], TimeSpan.FromSeconds((double)i / video.FrameRate), forceKeyFrame: false);
            bytes += frame.Data.Length;
            if (!frame.Data.IsEmpty && !decoder.TryDecode(frame.Data))
            {
                throw new QualityException("VP8 did not decode what it had encoded.");
            }

            result[passes[i]] = new byte[video.FrameBytes];
            decoder.CopyTo(result[passes[i]]);
        }

        return (result, bytes * 8.0 * video.FrameRate / passes.Length);
    }
}
