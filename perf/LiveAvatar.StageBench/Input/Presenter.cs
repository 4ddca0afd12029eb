using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.StageBench.Input;

/// <summary>The models, and what they draw of a voice.</summary>
internal sealed class Presenter : IDisposable
{
    private readonly Lazy<byte[][]> _pictures;
    private readonly Lazy<byte[][]> _frames;

    /// <param name="pack">Folder of the model pack.</param>
    /// <param name="provider">Where the ladder of providers begins.</param>
    /// <param name="speech">The voice.</param>
    /// <param name="pictures">How many pictures are drawn for the encoders.</param>
    internal Presenter(string pack, ProviderPreference provider, Speech speech, int pictures)
    {
        Engine = new InferenceEngine(
            ModelPack.Load(pack), new InferenceOptions { ReadPortrait = ReadPortrait, ProviderPreference = provider }, NullLogger.Instance);
        Voice = speech.Convert(Manifest.Audio.SampleRate);
        Chunks = Voice.Length / Manifest.Audio.ChunkSamples;
        _pictures = new Lazy<byte[][]>(() => Draw(Math.Min(pictures, Chunks)));
        _frames = new Lazy<byte[][]>(Encode);
    }

    internal InferenceEngine Engine { get; }

    internal PackManifest Manifest => Engine.Pack.Manifest;

    /// <summary>The voice at the pack's rate.</summary>
    internal float[] Voice { get; }

    /// <summary>Whole chunks in <see cref="Voice"/>.</summary>
    internal int Chunks { get; }

    /// <summary>I420 pictures of the face that speaks, one after the other.</summary>
    internal byte[][] Pictures => _pictures.Value;

    /// <summary><see cref="Pictures"/> as VP8 frames.</summary>
    internal byte[][] Frames => _frames.Value;

    /// <summary>What a session encodes with.</summary>
    internal VideoEncoderOptions Encoding => new() { Width = Manifest.Video.Width, Height = Manifest.Video.Height, FrameRate = Manifest.Video.FrameRate };

    /// <summary>A new session's stream, in a seed of its own.</summary>
    internal AvatarStream CreateStream() => Engine.CreateStream(Manifest.Avatars[0].Name, seed: 1);

    /// <summary>A chunk of the voice, which begins again at its end.</summary>
    internal ReadOnlySpan<float> Chunk(int number) => Voice.AsSpan(number % Chunks * Manifest.Audio.ChunkSamples, Manifest.Audio.ChunkSamples);

    public void Dispose() => Engine.Dispose();

    private byte[][] Draw(int count)
    {
        using var stream = CreateStream();
        var pictures = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            pictures[i] = new byte[Engine.FrameBytes];
            stream.Listen(Chunk(i), default);
            stream.Draw(pictures[i]);
        }

        return pictures;
    }

    private byte[][] Encode()
    {
        using var encoder = new Vp8Encoder(Encoding);
        var frames = new List<byte[]>();
        foreach (var picture in Pictures)
        {
            var frame = encoder.Encode(picture, TimeSpan.FromSeconds(frames.Count / (double)Manifest.Video.FrameRate), forceKeyFrame: false);
            frames.Add(frame.Data.ToArray());
        }

        return [.. frames];
    }

    private static float[] ReadPortrait(string path, int width, int height)
    {
        var planes = new float[3 * width * height];
        ImageFile.Load(path, new ImageFileOptions { Width = width, Height = height }).CopyPlanes(planes);
        return planes;
    }
}
