using System.Text.Json;

namespace LiveAvatar.CallKit.Analysis;

/// <summary>Where the mouth is, in fractions of the picture.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
public sealed record MouthRegion(double X, double Y, double Width, double Height)
{
    /// <summary>The mouths of the shipped presenters, with room for their heads' sway.</summary>
    public static readonly MouthRegion Presenter = new(0.41, 0.455, 0.18, 0.13);
}

/// <summary>One presented frame. Times are performance.now() in ms; -1 is unknown.</summary>
/// <param name="Presented">When the frame was handed to the compositor.</param>
/// <param name="Received">When its last packet came in.</param>
/// <param name="CaptureTime">The browser's estimate of when it was captured, on the page's clock.</param>
/// <param name="RtpTimestamp">90 kHz.</param>
/// <param name="Number">Presented frames so far: a step of more than one is a frame the recorder missed.</param>
/// <param name="SenderCaptureNtpMs">abs-capture-time as it arrived, ms since 1900 on the sender's clock.</param>
/// <param name="HeardCaptureNtpMs">abs-capture-time of the sound that was played when the frame was presented, ms since 1900 on the sender's clock.</param>
/// <param name="Mouth">How red the mouth region is, red less blue, 0…255, row by row.</param>
public sealed record PictureFrame(
    double Presented, double Received, double CaptureTime, double RtpTimestamp, long Number, double SenderCaptureNtpMs, double HeardCaptureNtpMs, byte[] Mouth);

/// <summary>The frames a page presented, as the probe hands them over.</summary>
public sealed class PictureRecording
{
    /// <summary>Width of the mouth pictures.</summary>
    public int Columns { get; init; }

    /// <summary>Height of the mouth pictures.</summary>
    public int Rows { get; init; }

    /// <summary>performance.timeOrigin: Unix ms at performance.now() = 0.</summary>
    public double TimeOrigin { get; init; }

    /// <summary>The page's rows: [[numbers…], base64 picture].</summary>
    [System.Text.Json.Serialization.JsonPropertyName("frames")]
    public IReadOnlyList<JsonElement[]> Raw { get; init; } = [];

    /// <summary>The frames in order.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<PictureFrame> Frames => _frames ??= [.. Raw.Select(Read)];

    private IReadOnlyList<PictureFrame>? _frames;

    private static PictureFrame Read(JsonElement[] row)
    {
        var n = row[0];
        return new PictureFrame(
            n[1].GetDouble(), n[3].GetDouble(), n[4].GetDouble(), n[5].GetDouble(), n[6].GetInt64(), n[7].GetDouble(), n[8].GetDouble(),
            row[1].GetBytesFromBase64());
    }
}
