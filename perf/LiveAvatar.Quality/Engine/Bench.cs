using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Quality.Engine;

/// <summary>The pack in the product's own engine, on one core per run.</summary>
internal sealed class Bench : IDisposable
{
    internal Bench(ModelPack pack, PrecisionPreference precision = PrecisionPreference.Auto)
    {
        Pack = pack;
        Engine = new InferenceEngine(pack, Options with { Precision = precision }, NullLogger.Instance);
    }

    /// <summary>The head held straight.</summary>
    internal static float[] Straight { get; } = new float[6];

    internal static InferenceOptions Options { get; } = new() { ReadPortrait = ReadPortrait, ProviderPreference = ProviderPreference.Cpu };

    internal ModelPack Pack { get; }

    internal InferenceEngine Engine { get; }

    internal PackManifest Manifest => Pack.Manifest;

    internal double Rate => Manifest.Video.FrameRate;

    /// <summary>Hears a whole recording.</summary>
    /// <param name="samples">Mono at the pack's rate.</param>
    /// <param name="emotion">Strengths; empty is neutral.</param>
    /// <param name="seed">Seed of the stream's noise.</param>
    /// <param name="pose">Head pose that is given, six numbers; null to leave it to the voice.</param>
    internal Performance Perform(float[] samples, float[]? emotion = null, int seed = 1, float[]? pose = null)
    {
        var audio = Manifest.Audio;
        using var stream = Engine.CreateStream(Manifest.Avatars[0].Name, seed);
        var late = (audio.LookAheadSamples + audio.ChunkSamples - 1) / audio.ChunkSamples; // frames before the first that shows the recording
        var frames = samples.Length / audio.ChunkSamples;
        var (motion, context, code, features) = (new float[frames][], new float[frames][], new float[frames][], new float[frames][]);
        var chunk = new float[audio.ChunkSamples];
        for (var i = 0; i < frames + late; i++)
        {
            chunk.AsSpan().Clear();
            if (i < frames)
            {
                samples.AsSpan(i * chunk.Length, chunk.Length).CopyTo(chunk);
            }

            stream.Listen(chunk, new Steering(emotion, pose, pose is null ? 0 : 1));
            if (i >= late)
            {
                (motion[i - late], context[i - late]) = (stream.Motion.ToArray(), stream.Context.ToArray());
                (code[i - late], features[i - late]) = (stream.NoiseCode.ToArray(), stream.Features.ToArray());
            }
        }

        return new Performance(motion, context, code, features, Rate, (double)((late * audio.ChunkSamples) - audio.LookAheadSamples) / audio.SampleRate);
    }

    /// <summary>Draws one frame of a performance.</summary>
    internal byte[] Draw(MotionDrawer drawer, Performance performance, int frame, float[]? emotion = null)
    {
        var picture = new byte[Engine.FrameBytes];
        drawer.Draw(performance.Motion[frame], emotion, performance.Context[frame], performance.NoiseCode[frame], picture);
        return picture;
    }

    /// <summary>An emotion vector with one entry.</summary>
    internal float[] Emotion(int emotion, float strength)
    {
        var vector = new float[Manifest.Emotions.Count];
        if (emotion >= 0)
        {
            vector[emotion] = strength;
        }

        return vector;
    }

    public void Dispose() => Engine.Dispose();

    internal static float[] ReadPortrait(string path, int width, int height)
    {
        var planes = new float[3 * width * height];
        ImageFile.Load(path, new ImageFileOptions { Width = width, Height = height }).CopyPlanes(planes);
        return planes;
    }
}
