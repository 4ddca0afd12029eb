namespace LiveAvatar.Inference;

/// <summary>What <c>pack.json</c> says about a pack; every value has passed the rules of docs/model-pack.md.</summary>
/// <param name="Name">The pack's name.</param>
/// <param name="Version">The pack's own version.</param>
/// <param name="Licence">SPDX name of the weights' licence.</param>
/// <param name="Description">One sentence for people.</param>
/// <param name="Audio">The sound the pack listens to.</param>
/// <param name="Video">The picture it draws.</param>
/// <param name="Sizes">Widths of the vectors between the graphs.</param>
/// <param name="Emotions">Names of the emotion vector's entries, in order.</param>
/// <param name="Motion">Names of the motion vector's entries, in order: 52 ARKit coefficients, then six for the head.</param>
/// <param name="SpeechEncoder">Sound to features.</param>
/// <param name="ContextEncoder">Features to context and motion.</param>
/// <param name="IdentityEncoder">Portrait to identity and skip maps.</param>
/// <param name="FrameDecoder">Motion and context to a picture.</param>
/// <param name="DiffusionDecoder">A graph that this version keeps a place for and does not run; null when the pack has none.</param>
/// <param name="SpeakerState">Names of what the speech encoder tells of the speaker: energy, arousal, valence, then labels; empty when it tells nothing.</param>
/// <param name="Avatars">The avatars, at least one.</param>
public sealed record PackManifest(
    string Name,
    string Version,
    string Licence,
    string Description,
    PackAudio Audio,
    PackVideo Video,
    PackSizes Sizes,
    IReadOnlyList<string> Emotions,
    IReadOnlyList<string> Motion,
    PackGraph SpeechEncoder,
    PackGraph ContextEncoder,
    PackGraph IdentityEncoder,
    PackGraph FrameDecoder,
    PackFile? DiffusionDecoder,
    IReadOnlyList<string> SpeakerState,
    IReadOnlyList<PackAvatar> Avatars)
{
    /// <summary>Whether the identity encoder makes an avatar of any portrait, and not of the pack's own alone.</summary>
    public bool AcceptsPortraits { get; init; }
}

/// <summary>The sound a pack listens to.</summary>
/// <param name="SampleRate">Samples per second, mono.</param>
/// <param name="ChunkSamples">Samples per call: the time of one video frame.</param>
/// <param name="LookAheadSamples">How far before the newest sample the features of a call lie.</param>
/// <param name="FeaturesPerChunk">Feature vectors per call.</param>
/// <param name="FeatureSize">Length of a feature vector.</param>
public sealed record PackAudio(int SampleRate, int ChunkSamples, int LookAheadSamples, int FeaturesPerChunk, int FeatureSize);

/// <summary>The picture a pack draws.</summary>
/// <param name="Width">Pixels, even.</param>
/// <param name="Height">Pixels, even.</param>
/// <param name="FrameRate">Frames per second.</param>
public sealed record PackVideo(int Width, int Height, int FrameRate)
{
    /// <summary>Bytes of one I420 picture.</summary>
    public int FrameBytes => Width * Height * 3 / 2;
}

/// <summary>Widths of the vectors between the graphs.</summary>
/// <param name="Context">Length of the context vector.</param>
/// <param name="Noise">Length of the noise vector and of the noise code.</param>
/// <param name="Identity">Length of the identity vector.</param>
public sealed record PackSizes(int Context, int Noise, int Identity);

/// <summary>A file of a pack.</summary>
/// <param name="File">File name relative to the pack's folder.</param>
/// <param name="Sha256">Hash of the file, 64 lower-case hexadecimal digits.</param>
public sealed record PackFile(string File, string Sha256);

/// <summary>One graph of a pack.</summary>
/// <param name="File">File name relative to the pack's folder.</param>
/// <param name="Sha256">Hash of the file, 64 lower-case hexadecimal digits.</param>
/// <param name="InitialState">Numbers that fill a state at the start of a stream; a state not named here starts at 0.</param>
/// <param name="Int8">The same graph quantised, for CPUs that multiply bytes fast; null when the pack has none.</param>
public sealed record PackGraph(string File, string Sha256, IReadOnlyDictionary<string, float> InitialState, PackFile? Int8)
{
    internal PackFile AsFile => new(File, Sha256);
}

/// <summary>One avatar of a pack.</summary>
/// <param name="Name">Its name in requests: lower-case letters, digits and hyphens.</param>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="Description">How it looks, for people who do not see the portrait; may be empty.</param>
/// <param name="Portrait">Portrait file relative to the pack's folder.</param>
/// <param name="Sha256">Hash of the portrait file.</param>
public sealed record PackAvatar(string Name, string DisplayName, string Description, string Portrait, string Sha256);
