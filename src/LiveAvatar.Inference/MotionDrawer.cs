using LiveAvatar.Inference.Runtime;

namespace LiveAvatar.Inference;

/// <summary>Draws an avatar in a motion that is given instead of heard: for contact sheets, and for measuring what the frame decoder does with one input at a time.</summary>
/// <remarks>
/// It runs the very decoder a call uses, and the same inputs give the same picture. Inputs are taken as they are, not clamped.
/// Not thread-safe. <see cref="Draw"/> allocates nothing on the CPU.
/// </remarks>
public sealed class MotionDrawer : IDisposable
{
    private readonly Models _models;
    private readonly TensorBuffer _motion, _context, _emotion, _noiseCode, _frame;
    private readonly GraphStep _decoder;
    private AvatarMaps _maps;
    private bool _disposed;

    internal MotionDrawer(Models models, string avatar)
    {
        _models = models;
        var contract = models.FrameDecoder.Graph.Contract;
        (_motion, _context) = (new TensorBuffer(contract.Inputs[0]), new TensorBuffer(contract.Inputs[1]));
        (_emotion, _noiseCode) = (new TensorBuffer(contract.Inputs[2]), new TensorBuffer(contract.Inputs[3]));
        _frame = new TensorBuffer(contract.Outputs[0]);
        _maps = models.Use(avatar);
        _decoder = new GraphStep(models.FrameDecoder, [_motion, _context, _emotion, _noiseCode, .. _maps.Tensors], [_frame]);
    }

    /// <summary>Draws another avatar from now on.</summary>
    /// <exception cref="KeyNotFoundException">The pack has no such avatar.</exception>
    public void SetAvatar(string name)
    {
        var maps = _models.Use(name);
        foreach (var tensor in maps.Tensors)
        {
            _decoder.SetInput(tensor);
        }

        _maps.Release();
        _maps = maps;
    }

    /// <summary>Draws one picture. An input that is empty is all zeros: no emotion, no voice, no noise.</summary>
    /// <param name="motion">52 ARKit coefficients in the pack's order, then head yaw, pitch, roll in radians, x, y, z in head widths.</param>
    /// <param name="emotion">Strength 0…1 of each emotion of the pack.</param>
    /// <param name="context">The voice as <see cref="AvatarStream.Context"/> gives it.</param>
    /// <param name="noiseCode">As <see cref="AvatarStream.NoiseCode"/> gives it.</param>
    /// <param name="i420">Takes the picture: width × height × 3 / 2 bytes, Y plane, then U, then V, BT.601 limited range.</param>
    /// <exception cref="ModelStepException">The decoder failed.</exception>
    public void Draw(ReadOnlySpan<float> motion, ReadOnlySpan<float> emotion, ReadOnlySpan<float> context, ReadOnlySpan<float> noiseCode, Span<byte> i420)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Fill(_motion, motion);
        Fill(_emotion, emotion);
        Fill(_context, context);
        Fill(_noiseCode, noiseCode);
        if (i420.Length != _frame.Bytes.Length)
        {
            throw new ArgumentException($"The picture takes {_frame.Bytes.Length} bytes, the buffer holds {i420.Length}.", nameof(i420));
        }

        _decoder.Run();
        _frame.Bytes.CopyTo(i420);
    }

    /// <summary>Frees the buffers; no call may be running.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _decoder.Dispose();
        foreach (var buffer in (ReadOnlySpan<TensorBuffer>)[_motion, _context, _emotion, _noiseCode, _frame])
        {
            buffer.Dispose();
        }

        _maps.Release();
    }

    private static void Fill(TensorBuffer target, ReadOnlySpan<float> numbers)
    {
        if (!numbers.IsEmpty && numbers.Length != target.Floats.Length)
        {
            throw new ArgumentException($"{target.Spec.Name} has {target.Floats.Length} numbers in this pack, not {numbers.Length}.");
        }

        numbers.CopyTo(target.Floats);
        target.Floats[numbers.Length..].Clear();
    }
}
