using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using LiveAvatar.Inference.Runtime;

namespace LiveAvatar.Quality.Engine;

/// <summary>Applies the pack's identity encoder to pictures that the pack drew.</summary>
internal sealed class IdentityReader : IDisposable
{
    private readonly GraphSession _session;
    private readonly TensorBuffer _portrait, _identity;
    private readonly GraphStep _step;
    private readonly byte[] _rgb;
    private readonly PackVideo _video;

    internal IdentityReader(ModelPack pack)
    {
        _video = pack.Manifest.Video;
        _session = GraphSession.OpenAlone(pack.IdentityEncoder, Bench.Options);
        _portrait = new TensorBuffer(pack.IdentityEncoder.Contract.Inputs[0]);
        _identity = new TensorBuffer(pack.IdentityEncoder.Contract.Outputs[0]);
        _step = new GraphStep(_session, [_portrait], [_identity]);
        _rgb = new byte[3 * _video.Width * _video.Height];
    }

    /// <summary>The identity vector of a picture.</summary>
    internal float[] Read(byte[] i420)
    {
        Yuv.I420ToRgb(i420, _rgb, _video.Width, _video.Height);
        RgbImage.FromInterleaved(_video.Width, _video.Height, _rgb).CopyPlanes(_portrait.Floats);
        _step.Run();
        return _identity.Floats.ToArray();
    }

    public void Dispose()
    {
        _step.Dispose();
        _portrait.Dispose();
        _identity.Dispose();
        _session.Dispose();
    }
}
