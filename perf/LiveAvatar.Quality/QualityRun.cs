using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Measures;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality;

/// <summary>What a run measures and where.</summary>
/// <param name="Pack">Folder of the model pack.</param>
/// <param name="Vectors">Folder tests/vectors.</param>
/// <param name="Output">Folder that takes NAME.json and the folder NAME with report and pictures.</param>
/// <param name="Name">Name of the result.</param>
/// <param name="Smoke">True to measure little and fast, to see that the command works.</param>
/// <param name="SheetsOnly">True for the contact sheets alone.</param>
public sealed record QualitySettings(string Pack, string Vectors, string Output, string Name, bool Smoke, bool SheetsOnly)
{
    /// <summary>Groups of measurements to run, as <see cref="QualityRun.Groups"/> names them; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    internal bool Wants(string group) => Only.Count == 0 || Only.Contains(group);
}

/// <summary>Measures a pack through the product's own engine and writes table, JSON, pictures and report.</summary>
public sealed class QualityRun
{
    /// <summary>The groups of measurements, in their order.</summary>
    public static readonly IReadOnlyList<string> Groups = ["speech", "stillness", "picture", "identity", "emotion", "life", "swap", "precision", "cost"];

    private readonly QualitySettings _settings;
    private readonly Action<string> _progress;
    private readonly List<(string Title, string File)> _pictures = [];

    private QualityRun(QualitySettings settings, Action<string> progress) => (_settings, _progress) = (settings, progress);

    private string Folder => Path.Combine(_settings.Output, _settings.Name);

    /// <summary>Measures and writes; takes some minutes.</summary>
    /// <param name="settings">What and where.</param>
    /// <param name="commit">What is checked out.</param>
    /// <param name="machine">Where this runs.</param>
    /// <param name="progress">Is told what is going on.</param>
    /// <exception cref="QualityException">Nothing can be measured.</exception>
    public static QualityResult Measure(QualitySettings settings, string commit, string machine, Action<string> progress)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(progress);
        try
        {
            return new QualityRun(settings, progress).Measure(commit, machine);
        }
        catch (Exception error) when (error is ModelPackException or NativeCodecException)
        {
            throw new QualityException(error.Message, error);
        }
    }

    /// <summary>Samples of a recording, as the file has them.</summary>
    public static float[] ReadVoice(string path, out int sampleRate)
    {
        var sound = SoundFile.Read(path);
        sampleRate = sound.SampleRate;
        return sound.Samples;
    }

    /// <summary>Names of a pack's avatars.</summary>
    public static IReadOnlyList<string> Avatars(string pack) => [.. ModelPack.Load(pack).Manifest.Avatars.Select(avatar => avatar.Name)];

    private QualityResult Measure(string commit, string machine)
    {
        var started = TimeProvider.System.GetTimestamp();
        _progress("Loading the pack");
        using var bench = new Bench(ModelPack.Load(_settings.Pack));
        var vectors = Path.Combine(_settings.Vectors, "quality");
        var (teacher, voices) = (TeacherNumbers.Read(vectors), Voices.Read(Path.Combine(vectors, "voices"), bench.Manifest.Audio.SampleRate));
        if (_settings.Smoke)
        {
            voices = [.. voices.GroupBy(voice => voice.Set).Select(set => set.First().Cut(8, bench.Manifest.Audio.SampleRate))];
        }

        var setting = new Setting(bench, voices, teacher, new Channels(bench.Manifest, teacher), _settings.Vectors, _settings.Smoke, _progress);
        var faces = FaceBoxes.Read(vectors, bench.Manifest.Video.Width, bench.Manifest.Video.Height);
        Directory.CreateDirectory(Folder);
        var training = TrainingTables.Read(_settings.Pack);
        var findings = _settings.SheetsOnly ? Sheets(setting, faces) : Everything(setting, faces, training);
        var result = new QualityResult(
            1, TimeProvider.System.GetUtcNow(), commit, machine, $"{bench.Manifest.Name} {bench.Manifest.Version}", bench.Engine.PrecisionReport.ToString(), _settings.Smoke,
            Math.Round(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 1), voices.ToDictionary(voice => voice.Name, voice => voice.Source), findings);
        if (!_settings.SheetsOnly)
        {
            result.Write(Path.Combine(_settings.Output, _settings.Name + ".json"));
            File.WriteAllText(Path.Combine(Folder, "report.md"), MarkdownReport.Write(result, training, _pictures));
        }

        return result;
    }

    private List<Finding> Everything(Setting setting, FaceBoxes faces, TrainingTables training)
    {
        var (speech, emotion, picture) = (new SpeechMeasure(setting), new EmotionMeasure(setting, faces), new PictureMeasure(setting, faces));
        var life = new LifeMeasure(setting, speech);
        var findings = new List<Finding>();
        void Run(string group, Func<IEnumerable<Finding>> measure) => findings.AddRange(_settings.Wants(group) ? measure() : []);

        Run("speech", () => speech.Run().Concat(training.LookAhead()));
        Run("stillness", new StillnessMeasure(setting, speech).Run);
        Run("picture", picture.Run);
        Run("identity", new IdentityMeasure(setting).Run);
        Run("emotion", emotion.Run);
        Run("life", life.Run);
        Run("swap", new SwapMeasure(setting).Run);
        Run("precision", () => Precision(setting, faces));
        Run("cost", new CostMeasure(setting).Run);
        _progress("Drawing the report");
        Illustrate(setting, faces, speech, emotion, picture, life);
        return findings;
    }

    private static List<Finding> Precision(Setting setting, FaceBoxes faces)
    {
        using var full = new Bench(setting.Bench.Pack, PrecisionPreference.Fp32);
        return [.. new PrecisionMeasure(setting, faces, full).Run(), .. new ConsistencyMeasure(setting, full).Run()];
    }

    private void Illustrate(Setting setting, FaceBoxes faces, SpeechMeasure speech, EmotionMeasure emotion, PictureMeasure picture, LifeMeasure life)
    {
        var plots = new Plots(setting);
        if (_settings.Wants("speech"))
        {
            Save("Lips against labels", "lips.png", plots.Lips(speech));
        }

        if (emotion.Strengths.Count > 0)
        {
            Save("Strength of emotions", "emotions.png", Plots.Emotions(emotion));
        }

        if (life.Idle is not null)
        {
            Save("Idle life", "life.png", plots.Life(life));
        }

        if (picture.Samples.Count > 0)
        {
            Save("Teacher, decoder, after VP8", "faces.jpg", new ContactSheet(setting.Bench, faces, setting.Channels).DrawComparison(picture.Samples));
        }

        if (emotion.Speaking.Count > 0)
        {
            Draw(setting, faces, emotion.Speaking);
        }
    }

    private List<Finding> Sheets(Setting setting, FaceBoxes faces)
    {
        _progress("Speaking under each emotion");
        int[] emotions = [.. Enumerable.Range(-1, setting.Bench.Manifest.Emotions.Count + 1)];
        var voice = setting.Synthesizer.Cut(60, setting.SampleRate);
        Draw(setting, faces, emotions.Zip(Setting.Each(emotions, emotion => setting.Bench.Perform(voice.Samples, setting.Bench.Emotion(emotion, 1)))).ToDictionary());
        return [];
    }

    private void Draw(Setting setting, FaceBoxes faces, IReadOnlyDictionary<int, Performance> speaking)
    {
        var sheet = new ContactSheet(setting.Bench, faces, setting.Channels);
        foreach (var avatar in setting.Bench.Manifest.Avatars.Take(setting.Smoke ? 1 : int.MaxValue))
        {
            _progress($"Drawing {avatar.DisplayName}'s contact sheet");
            Save($"{avatar.DisplayName}: emotions and visemes", $"sheet-{avatar.Name}.jpg", sheet.Draw(avatar.Name, setting.Synthesizer, speaking));
        }

        if (!setting.Smoke)
        {
            Save("Head poses", "poses.jpg", sheet.DrawPoses());
        }
    }

    private void Save(string title, string file, Canvas canvas)
    {
        var image = canvas.ToImage();
        File.WriteAllBytes(Path.Combine(Folder, file), file.EndsWith(".png", StringComparison.Ordinal) ? ImageFile.EncodePng(image) : ImageFile.EncodeJpeg(image));
        _pictures.Add((title, file));
    }
}
