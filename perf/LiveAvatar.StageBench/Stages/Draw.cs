using LiveAvatar.Inference;
using LiveAvatar.StageBench.Input;

namespace LiveAvatar.StageBench.Stages;

/// <summary>Step 9: the motion of a heard chunk becomes an I420 picture.</summary>
internal sealed class Draw(Presenter presenter) : Stage
{
    private const int CheckedFrames = 10;
    private const double LeastVariance = 25; // of luma

    private readonly AvatarStream _stream = presenter.CreateStream();
    private readonly byte[] _picture = new byte[presenter.Engine.FrameBytes];
    private int _chunk;

    internal override string Name => "draw";

    internal override string Title => $"draw one {presenter.Manifest.Video.Width} × {presenter.Manifest.Video.Height} picture";

    internal override TimeSpan Budget => TimeSpan.FromMilliseconds(22);

    internal override int Batch => 1;

    internal override bool RunsModels => true;

    // Each picture is of another moment.
    internal override void Prepare() => _stream.Listen(presenter.Chunk(_chunk++), default);

    internal override void Step() => _stream.Draw(_picture);

    internal override void Check()
    {
        byte[] before = [];
        for (var i = 0; i < CheckedFrames; i++)
        {
            Prepare();
            Step();
            Require(Variance(Luma(_picture)) >= LeastVariance, "the picture is flat");
            Require(!Luma(before).SequenceEqual(Luma(_picture)), "two pictures are the same");
            before = [.. _picture];
        }
    }

    protected override void Release() => _stream.Dispose();

    private Span<byte> Luma(byte[] picture) => picture.Length == 0 ? [] : picture.AsSpan(0, presenter.Manifest.Video.Width * presenter.Manifest.Video.Height);

    private static double Variance(ReadOnlySpan<byte> samples)
    {
        long sum = 0, squares = 0;
        foreach (var value in samples)
        {
            sum += value;
            squares += value * value;
        }

        var mean = (double)sum / samples.Length;
        return ((double)squares / samples.Length) - (mean * mean);
    }
}
