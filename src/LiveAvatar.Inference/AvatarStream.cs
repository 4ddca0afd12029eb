using LiveAvatar.Inference.Packs;
using LiveAvatar.Inference.Runtime;

namespace LiveAvatar.Inference;

/// <summary>One session's state in the models: hears 40 ms of voice, then draws the picture that belongs to it.</summary>
/// <remarks>
/// Order of calls per frame: <see cref="Listen"/> once, then <see cref="Draw"/> at most once; a frame may be left out but not a chunk.
/// Not thread-safe, but may move from thread to thread between calls. Neither call allocates managed memory on the CPU.
/// The same seed, avatar, chunks and steering give the same pictures.
/// </remarks>
public sealed class AvatarStream : IDisposable
{
    private const float MaxPose = 10; // far beyond any head; keeps one wrong number from becoming infinity inside a graph

    private readonly Models _models;
    private int _seed;
    private readonly NormalNoise _random;
    private readonly List<TensorBuffer> _owned = [];
    private readonly TensorBuffer _pcm, _features, _emotion, _pose, _poseWeight, _noise;
    private readonly TensorBuffer _context, _noiseCode, _motion, _frame;
    private readonly TensorBuffer? _speakerState;
    private readonly AutomaticEmotion _automatic;
    private readonly EyeOverlay _eyes;
    private readonly MouthOverlay _mouth;
    private readonly GraphStep _speech, _contextStep, _decoder;
    private AvatarMaps _maps;
    private bool _hasHeard;
    private bool _disposed;

    internal AvatarStream(Models models, string avatar, int seed)
    {
        _models = models;
        _seed = seed;
        _random = new NormalNoise(seed);
        _maps = models.Use(avatar);
        var speech = models.SpeechEncoder.Graph.Contract;
        var context = models.ContextEncoder.Graph.Contract;
        _pcm = Own(speech.Inputs[0]);
        _features = Own(speech.Outputs[0]);
        _speakerState = speech.Outputs.Length > 1 ? Own(speech.Outputs[1]) : null;
        (_emotion, _pose, _poseWeight, _noise) = (Own(context.Inputs[1]), Own(context.Inputs[2]), Own(context.Inputs[3]), Own(context.Inputs[4]));
        (_context, _noiseCode, _motion) = (Own(context.Outputs[0]), Own(context.Outputs[1]), Own(context.Outputs[2]));
        _frame = Own(models.FrameDecoder.Graph.Contract.Outputs[0]);
        _speech = new GraphStep(models.SpeechEncoder, [_pcm], _speakerState is null ? [_features] : [_features, _speakerState]);
        _contextStep = new GraphStep(models.ContextEncoder, [_features, _emotion, _pose, _poseWeight, _noise], [_context, _noiseCode, _motion]);
        _decoder = new GraphStep(models.FrameDecoder, [_motion, _context, _emotion, _noiseCode, .. _maps.Tensors], [_frame]);
        var pack = models.Pack.Manifest;
        _automatic = new AutomaticEmotion(pack.SpeakerState, pack.Emotions, TimeSpan.FromSeconds(1.0 / pack.Video.FrameRate));
        _eyes = new EyeOverlay(pack.Motion);
        _mouth = new MouthOverlay(pack.Motion);
        Avatar = avatar;
    }

    /// <summary>Name of the avatar drawn.</summary>
    public string Avatar { get; private set; }

    /// <summary>Motion from the latest <see cref="Listen"/>: 52 ARKit coefficients, head yaw, pitch, roll in radians, x, y, z in head widths.</summary>
    public ReadOnlySpan<float> Motion => _motion.Floats;

    /// <summary>Context vector from the latest <see cref="Listen"/>.</summary>
    public ReadOnlySpan<float> Context => _context.Floats;

    /// <summary>Speech features from the latest <see cref="Listen"/>, one vector after the other.</summary>
    public ReadOnlySpan<float> Features => _features.Floats;

    /// <summary>What the noise generator made of the latest noise.</summary>
    public ReadOnlySpan<float> NoiseCode => _noiseCode.Floats;

    /// <summary>What the latest <see cref="Listen"/> tells of the speaker, named by the pack's <see cref="PackManifest.SpeakerState"/>; empty if it names nothing.</summary>
    public ReadOnlySpan<float> SpeakerState => _speakerState is null ? default : _speakerState.Floats;

    /// <summary>Emotion that the latest <see cref="Listen"/> was played with: the steering's, and what the voice added.</summary>
    public ReadOnlySpan<float> Emotion => _emotion.Floats;

    /// <summary>Hears one chunk: the speech encoder, then the context encoder.</summary>
    /// <param name="chunk">Exactly the pack's chunk, mono at its sample rate, −1…1; louder samples are clamped, those that are no number count as silence.</param>
    /// <param name="steering">Emotion and pose for this frame.</param>
    /// <exception cref="ModelStepException">A graph failed or its numbers are not finite; the states are as before the call, and there is nothing to draw.</exception>
    public void Listen(ReadOnlySpan<float> chunk, in Steering steering)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _random.Fill(_noise.Floats);
        Hear(chunk, steering);
    }

    /// <summary>As <see cref="Listen"/> with the noise given, for comparison with recorded vectors.</summary>
    internal void ListenWithNoise(ReadOnlySpan<float> chunk, in Steering steering, ReadOnlySpan<float> noise)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        noise.CopyTo(_noise.Floats);
        Hear(chunk, steering);
    }

    /// <summary>Draws the picture of the latest <see cref="Listen"/>.</summary>
    /// <param name="i420">Takes the picture: width × height × 3 / 2 bytes, Y plane, then U, then V, BT.601 limited range.</param>
    /// <exception cref="ModelStepException">The decoder failed, or the latest chunk did.</exception>
    public void Draw(Span<byte> i420)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (i420.Length != _frame.Bytes.Length)
        {
            throw new ArgumentException($"The picture takes {_frame.Bytes.Length} bytes, the buffer holds {i420.Length}.", nameof(i420));
        }

        if (!_hasHeard)
        {
            throw new ModelStepException("There is nothing to draw: no chunk was heard since the stream's start or its last failure.");
        }

        _decoder.Run();
        _frame.Bytes.CopyTo(i420);
    }

    /// <summary>Draws another avatar from the next <see cref="Draw"/> on; voice and motion go on without a break.</summary>
    /// <exception cref="KeyNotFoundException">The pack has no such avatar.</exception>
    public void SetAvatar(string name)
    {
        var maps = _models.Use(name);
        foreach (var tensor in maps.Tensors)
        {
            _decoder.SetInput(tensor);
        }

        _maps.Release();
        (_maps, Avatar) = (maps, name);
    }

    /// <summary>Draws the noise of the face's own movements from another seed, from the next <see cref="Listen"/> on; nothing jumps.</summary>
    public void Reseed(int seed)
    {
        _seed = seed;
        _random.Seed(seed);
    }

    /// <summary>Puts the stream back to its start, the noise included.</summary>
    public void Reset()
    {
        _speech.Reset();
        _contextStep.Reset();
        _automatic.Reset();
        _random.Seed(_seed);
        _hasHeard = false;
    }

    /// <summary>Frees the stream's buffers; no call may be running.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _speech.Dispose();
        _contextStep.Dispose();
        _decoder.Dispose();
        foreach (var buffer in _owned)
        {
            buffer.Dispose();
        }

        _maps.Release();
    }

    private void Hear(ReadOnlySpan<float> chunk, in Steering steering)
    {
        if (chunk.Length != _pcm.Floats.Length)
        {
            throw new ArgumentException($"A chunk is {_pcm.Floats.Length} samples, not {chunk.Length}.", nameof(chunk));
        }

        _hasHeard = false;
        Finite.CopyClamped(chunk, _pcm.Floats, -1, 1);
        Steer(steering);
        _speech.Run();
        Finite.Require(_features, _models.SpeechEncoder.Graph.Name);
        if (_speakerState is { } state)
        {
            Finite.Require(state, _models.SpeechEncoder.Graph.Name);
        }

        _contextStep.Run();
        Finite.Require(_motion, _models.ContextEncoder.Graph.Name);
        Finite.Require(_context, _models.ContextEncoder.Graph.Name);
        Finite.Require(_noiseCode, _models.ContextEncoder.Graph.Name);
        _speech.Commit();
        _contextStep.Commit();
        Overlay(steering, _motion.Floats); // the motion is no state: the next frame does not know of it
        _automatic.Hear(SpeakerState); // for the next frame, so that a failed step leaves no trace
        _hasHeard = true;
    }

    private void Overlay(in Steering steering, Span<float> motion)
    {
        _eyes.Apply(steering.Eyes, motion);
        _mouth.Apply(steering.Hush, motion);
        var head = motion[^GraphContract.PoseSize..]; // the last channels of every pack: yaw, pitch, roll, x, y, z
        head[0] += Finite.Clamp(steering.HeadTurn, -MaxPose, MaxPose);
        head[1] += Finite.Clamp(steering.HeadNod, -MaxPose, MaxPose);
    }

    private void Steer(in Steering steering)
    {
        if (steering.Emotion.Length > _emotion.Floats.Length || steering.Pose.Length > GraphContract.PoseSize)
        {
            throw new ArgumentException($"The pack has {_emotion.Floats.Length} emotions and a pose has {GraphContract.PoseSize} numbers.", nameof(steering));
        }

        Finite.CopyClamped(steering.Emotion, _emotion.Floats, 0, 1);
        _automatic.AddTo(_emotion.Floats, Finite.Clamp(steering.AutomaticEmotion, 0, 1));
        Finite.CopyClamped(steering.Pose, _pose.Floats, -MaxPose, MaxPose);
        _poseWeight.Floats[0] = Finite.Clamp(steering.PoseWeight, 0, 1);
    }

    private TensorBuffer Own(TensorSpec spec)
    {
        var buffer = new TensorBuffer(spec);
        _owned.Add(buffer);
        return buffer;
    }
}
