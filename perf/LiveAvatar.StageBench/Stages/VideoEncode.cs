using LiveAvatar.Codecs;
using LiveAvatar.Media.Video;
using LiveAvatar.StageBench.Input;

namespace LiveAvatar.StageBench.Stages;

/// <summary>Step 10: a picture of a speaking face becomes a video frame, at a session's bit rate.</summary>
internal sealed class VideoEncode(Presenter presenter, VideoCodec codec) : Stage
{
    private const double LeastPsnr = 30; // dB of luma: below, blocks are plain to see

    private readonly IVideoEncoder _encoder = codec == VideoCodec.H264 ? new H264Encoder(presenter.Encoding) : new Vp8Encoder(presenter.Encoding);
    private int _frame;

    internal override string Name => codec == VideoCodec.H264 ? "h264_encode" : "vp8_encode";

    internal override string Title => $"encode one frame in {(codec == VideoCodec.H264 ? "H.264" : "VP8")}";

    internal override TimeSpan Budget => TimeSpan.FromMilliseconds(8);

    internal override int Batch => 1;

    internal override void Step() => Encode();

    internal override void Check()
    {
        using IVideoDecoder decoder = codec == VideoCodec.H264 ? new H264Decoder() : new Vp8Decoder();
        var luma = presenter.Manifest.Video.Width * presenter.Manifest.Video.Height;
        var decoded = new byte[presenter.Manifest.Video.FrameBytes];
        var psnr = new List<double>();
        for (var i = 0; i < presenter.Pictures.Length; i++)
        {
            var picture = Picture(_frame);
            Require(i == 0 || !picture.AsSpan().SequenceEqual(Picture(_frame - 1)), "the pictures do not move");
            var frame = Encode();
            if (frame.Data.IsEmpty)
            {
                continue; // the rate control left it out
            }

            Require(frame.IsKeyFrame == (i == 0), "a key frame came unasked, or did not come");
            Require(decoder.TryDecode(frame.Data), "what was encoded does not decode");
            decoder.CopyTo(decoded);
            psnr.Add(PictureQuality.Psnr(picture.AsSpan(0, luma), decoded.AsSpan(0, luma)));
        }

        Require(psnr.Count > presenter.Pictures.Length / 2, "most frames were left out");
        Require(psnr.Average() >= LeastPsnr, $"the decoded pictures are not the ones that went in: {psnr.Average():F1} dB");
    }

    protected override void Release() => _encoder.Dispose();

    private EncodedFrame Encode()
    {
        var time = TimeSpan.FromSeconds(_frame / (double)presenter.Manifest.Video.FrameRate);
        return _encoder.Encode(Picture(_frame++), time, forceKeyFrame: false);
    }

    // Forth and back: at the end of the pictures no face jumps.
    private byte[] Picture(int frame)
    {
        var last = presenter.Pictures.Length - 1;
        return presenter.Pictures[last - Math.Abs(last - (frame % (2 * last)))];
    }
}
