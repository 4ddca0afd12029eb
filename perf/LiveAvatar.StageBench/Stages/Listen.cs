using LiveAvatar.Inference;
using LiveAvatar.StageBench.Input;

namespace LiveAvatar.StageBench.Stages;

/// <summary>Steps 7 and 8: a chunk of one frame's length goes through the speech and the context encoder.</summary>
internal sealed class Listen(Presenter presenter) : Stage
{
    private const int CheckedChunks = 25;

    private readonly AvatarStream _stream = presenter.CreateStream();
    private int _chunk;

    internal override string Name => "listen";

    internal override string Title => "hear one chunk of 40 ms";

    internal override TimeSpan Budget => TimeSpan.FromMilliseconds(5);

    internal override int Batch => 1;

    internal override bool RunsModels => true;

    internal override void Step() => _stream.Listen(presenter.Chunk(_chunk++), default);

    internal override void Check()
    {
        using var again = presenter.CreateStream();
        float[] first = [];
        for (var i = 0; i < CheckedChunks; i++)
        {
            Step();
            again.Listen(presenter.Chunk(i), default);
            Require(again.Motion.SequenceEqual(_stream.Motion), "the same seed gave another motion");
            first = i == 0 ? _stream.Motion.ToArray() : first;
        }

        Require(_stream.Motion.ContainsAnyExcept(0f), "there is no motion");
        Require(!_stream.Motion.SequenceEqual(first), "the motion is the same at each moment");
    }

    protected override void Release() => _stream.Dispose();
}
