using System.Text.Json;

namespace LiveAvatar.Inference.Packs;

/// <summary>Reads <c>pack.json</c> and holds it to the rules that need no other file.</summary>
internal static class ManifestReader
{
    private const int Format = 1;
    private const int MaxBytes = 1 << 20; // a manifest is a few kB; a larger file is not one
    private const int SampleRate = 16_000; // what Media's resampler makes
    private const int FeaturesPerSecond = 50; // Wav2Vec2's rate
    private const int MotionSize = 58;

    internal static PackManifest Read(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, JsonPlace.FileName));
        if (!file.Exists)
        {
            throw new ModelPackException($"'{folder}' has no pack.json: give the folder of a model pack.");
        }

        if (file.Length > MaxBytes)
        {
            throw ModelPackException.Unfit(JsonPlace.FileName, $"{file.Length} bytes long", $"at most {MaxBytes} bytes long", "give the folder of a model pack");
        }

        try
        {
            var options = new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(File.ReadAllBytes(file.FullName), options);
            return Read(new JsonPlace(document.RootElement, ""));
        }
        catch (JsonException error)
        {
            throw new ModelPackException($"pack.json is not valid JSON ({error.Message}): correct it or export the pack again.", error);
        }
    }

    private static PackManifest Read(JsonPlace root)
    {
        root["format"].Whole(Format, Format);
        var video = ReadVideo(root["video"]);
        var graphs = root["graphs"];
        var emotions = Distinct(root["emotions"].Items(1, 64), item => item.Text(64, "^[A-Za-z][A-Za-z0-9_-]*$", "a name"));
        return new PackManifest(
            root["name"].Text(64, "^[A-Za-z0-9._-]+$", "letters, digits, dots, hyphens"),
            root["version"].Text(64),
            root["licence"].Text(200),
            root["description"].Text(2000),
            ReadAudio(root["audio"], video.FrameRate),
            video,
            new PackSizes(root["sizes"]["context"].Whole(1, 4096), root["sizes"]["noise"].Whole(1, 4096), root["sizes"]["identity"].Whole(1, 4096)),
            emotions,
            ReadMotion(root["motion"].Items(MotionSize, MotionSize)),
            ReadGraph(graphs["speechEncoder"]),
            ReadGraph(graphs["contextEncoder"]),
            ReadGraph(graphs["identityEncoder"]),
            ReadGraph(graphs["frameDecoder"]),
            graphs.Optional("diffusionDecoder") is { } diffusion ? ReadFile(diffusion) : null,
            root.Optional("speakerState") is { } state ? SpeakerStateNames.Read(state, emotions) : [],
            ReadAvatars(root["avatars"].Items(1, 256)))
        {
            AcceptsPortraits = root.Optional("portraits")?.Text(8, "^(own|any)$", "\"own\" or \"any\"") == "any",
        };
    }

    private static PackVideo ReadVideo(JsonPlace place)
    {
        return new PackVideo(Even(place["width"]), Even(place["height"]), place["frameRate"].Whole(1, 100));

        // I420 halves both sides for its colour planes.
        static int Even(JsonPlace side) => side.Whole(16, 2048) is var value && value % 2 == 0 ? value : throw side.Unfit("an even number");
    }

    private static PackAudio ReadAudio(JsonPlace place, int frameRate)
    {
        var audio = new PackAudio(
            place["sampleRate"].Whole(SampleRate, SampleRate),
            place["chunkSamples"].Whole(1, SampleRate),
            place["lookAheadSamples"].Whole(0, SampleRate),
            place["featuresPerChunk"].Whole(1, 64),
            place["featureSize"].Whole(1, 4096));
        if (audio.ChunkSamples * frameRate != audio.SampleRate)
        {
            throw place["chunkSamples"].Unfit($"{audio.SampleRate} / {frameRate}, so that a chunk lasts as long as a video frame");
        }

        return audio.FeaturesPerChunk * frameRate == FeaturesPerSecond
            ? audio
            : throw place["featuresPerChunk"].Unfit($"{FeaturesPerSecond} / {frameRate}, so that there are {FeaturesPerSecond} feature vectors per second");
    }

    private static string[] ReadMotion(List<JsonPlace> items)
    {
        var names = Distinct(items, item => item.Text(64));
        var faceChannels = MotionSize - ArkitChannels.Head.Length;
        for (var i = 0; i < names.Length; i++)
        {
            if (i < faceChannels && !ArkitChannels.Face.Contains(names[i]))
            {
                throw items[i].Unfit("one of the 52 ARKit blend shapes");
            }

            if (i >= faceChannels && names[i] != ArkitChannels.Head[i - faceChannels])
            {
                throw items[i].Unfit($"\"{ArkitChannels.Head[i - faceChannels]}\"");
            }
        }

        return names;
    }

    private static PackGraph ReadGraph(JsonPlace place) => new(
        place["file"].Text(260),
        place["sha256"].Sha256(),
        place.OptionalNumbers("initialState"),
        place.Optional("int8") is { } twin ? ReadFile(twin) : null);

    private static PackFile ReadFile(JsonPlace place) => new(place["file"].Text(260), place["sha256"].Sha256());

    private static PackAvatar[] ReadAvatars(List<JsonPlace> items)
    {
        Distinct(items, item => item["name"].Text(64, "^[a-z0-9][a-z0-9-]*$", "lower-case letters, digits and hyphens"));
        return [.. items.Select(item => new PackAvatar(
            item["name"].Text(64), item["displayName"].Text(200), item.Optional("description")?.Text(2000) ?? "", item["portrait"].Text(260), item["sha256"].Sha256()))];
    }

    internal static string[] Distinct(List<JsonPlace> items, Func<JsonPlace, string> read)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. items.Select(item => read(item) is var name && seen.Add(name) ? name : throw item.Unfit("a name not given before"))];
    }
}
