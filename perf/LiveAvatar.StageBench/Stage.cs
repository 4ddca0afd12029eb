namespace LiveAvatar.StageBench;

/// <summary>One step of a frame's way, made to run alone.</summary>
/// <remarks>
/// <see cref="Check"/> once, and only if it holds: <see cref="Prepare"/>, then <see cref="Batch"/> times <see cref="Step"/>, again and again.
/// The calls come from different threads, never at the same time.
/// </remarks>
internal abstract class Stage : IDisposable
{
    /// <summary>What it is in files: "opus_decode".</summary>
    internal abstract string Name { get; }

    /// <summary>What it is to people, and what one step of it is: "decode 10 ms of Opus".</summary>
    internal abstract string Title { get; }

    /// <summary>What a step may take. All budgets, those of the voice four times (10 ms each) and of the dearer codec, are below one frame of 40 ms.</summary>
    internal abstract TimeSpan Budget { get; }

    /// <summary>Steps that are timed together: one where a step takes milliseconds, else enough that the clock's own cost vanishes.</summary>
    internal abstract int Batch { get; }

    /// <summary>Whether ONNX Runtime does the work: on a GPU its calls allocate (docs/providers.md).</summary>
    internal virtual bool RunsModels => false;

    /// <summary>Does steps and looks at what they gave; the first thing that is called.</summary>
    /// <exception cref="StageException">It is wrong.</exception>
    internal abstract void Check();

    /// <summary>Gets the input of the next <see cref="Batch"/> steps ready; not timed.</summary>
    internal virtual void Prepare()
    {
    }

    /// <summary>One step, as the pipeline does it.</summary>
    internal abstract void Step();

    /// <inheritdoc/>
    public void Dispose() => Release();

    /// <summary>Gives back what the stage holds.</summary>
    protected virtual void Release()
    {
    }

    /// <summary>States what the output of a step must be.</summary>
    protected void Require(bool holds, string complaint)
    {
        if (!holds)
        {
            throw new StageException($"{Name}: {complaint}.");
        }
    }
}
