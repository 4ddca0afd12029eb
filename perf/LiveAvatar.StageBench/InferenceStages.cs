using System.Diagnostics;
using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.StageBench;

/// <summary>The models: loading a pack, hearing a chunk, drawing a frame.</summary>
internal sealed class InferenceStages : IDisposable
{
    private readonly InferenceEngine _engine;
    private readonly AvatarStream _stream;
    private readonly float[] _voice;
    private readonly byte[] _picture;
    private readonly float[] _emotion;
    private int _chunk;

    internal InferenceStages(string folder, ProviderPreference provider)
    {
        var started = Stopwatch.GetTimestamp();
        var before = Environment.WorkingSet;
        var pack = ModelPack.Load(folder);
        PackLoad = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        _engine = new InferenceEngine(pack, new InferenceOptions { ReadPortrait = ReadPortrait, ProviderPreference = provider }, NullLogger.Instance);
        EngineLoad = Stopwatch.GetElapsedTime(started);
        var loaded = Environment.WorkingSet;
        EngineBytes = loaded - before;
        _stream = _engine.CreateStream(pack.Manifest.Avatars[0].Name, seed: 1);
        _picture = new byte[_engine.FrameBytes];
        _emotion = new float[pack.Manifest.Emotions.Count];
        _voice = Voice(pack.Manifest.Audio);
        Listen();
        _stream.Draw(_picture);
        StreamBytes = Environment.WorkingSet - loaded;
    }

    internal ProviderReport Provider => _engine.ProviderReport;

    internal TimeSpan PackLoad { get; }

    internal TimeSpan EngineLoad { get; }

    internal long EngineBytes { get; }

    internal long StreamBytes { get; }

    internal IEnumerable<Stage> All()
    {
        yield return new Stage("listen", Listen, CheckSameSeedSameMotion, TimeSpan.FromMilliseconds(10));
        yield return new Stage("draw", () => _stream.Draw(_picture), CheckPicture, TimeSpan.FromMilliseconds(30));
    }

    public void Dispose()
    {
        _stream.Dispose();
        _engine.Dispose();
    }

    private void Listen()
    {
        var size = _engine.Pack.Manifest.Audio.ChunkSamples;
        _stream.Listen(_voice.AsSpan(_chunk * size, size), new Steering(_emotion, default, 0));
        _chunk = (_chunk + 1) % (_voice.Length / size);
    }

    private void CheckSameSeedSameMotion()
    {
        using var again = _engine.CreateStream(_stream.Avatar, seed: 1);
        var size = _engine.Pack.Manifest.Audio.ChunkSamples;
        _stream.Reset();
        for (var i = 0; i < 25; i++)
        {
            again.Listen(_voice.AsSpan(i * size, size), default);
            _stream.Listen(_voice.AsSpan(i * size, size), default);
        }

        Require(again.Motion.SequenceEqual(_stream.Motion), "the same seed gave other motion");
        Require(!_stream.Motion.SequenceEqual(new float[_stream.Motion.Length]), "there is no motion");
    }

    private void CheckPicture()
    {
        var video = _engine.Pack.Manifest.Video;
        var luma = _picture.AsSpan(0, video.Width * video.Height);
        long sum = 0, squares = 0;
        foreach (var value in luma)
        {
            sum += value;
            squares += value * value;
        }

        var mean = (double)sum / luma.Length;
        Require(((double)squares / luma.Length) - (mean * mean) > 25, "the picture is flat");
    }

    private static void Require(bool holds, string complaint)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Nothing was timed: {complaint}.");
        }
    }

    /// <summary>Four seconds that sound like syllables to an encoder: a glottal pulse train under a moving envelope.</summary>
    private static float[] Voice(PackAudio audio)
    {
        var voice = new float[audio.ChunkSamples * 100];
        for (var i = 0; i < voice.Length; i++)
        {
            var t = (double)i / audio.SampleRate;
            var envelope = Math.Max(0, Math.Sin(2 * Math.PI * 3 * t));
            voice[i] = (float)(0.3 * envelope * (Math.Sin(2 * Math.PI * 120 * t) + (0.5 * Math.Sin(2 * Math.PI * 700 * t)) + (0.3 * Math.Sin(2 * Math.PI * 1900 * t))));
        }

        return voice;
    }

    private static float[] ReadPortrait(string path, int width, int height)
    {
        var planes = new float[3 * width * height];
        ImageFile.Load(path, new ImageFileOptions { Width = width, Height = height }).CopyPlanes(planes);
        return planes;
    }
}
