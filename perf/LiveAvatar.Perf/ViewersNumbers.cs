using LiveAvatar.CallKit.Analysis;

namespace LiveAvatar.Perf;

/// <summary>What is measured.</summary>
/// <param name="Viewers">How many watch, one of them with loss.</param>
/// <param name="Seconds">Length of each part.</param>
/// <param name="VideoKbps">Video bit rate.</param>
/// <param name="LossPercent">Percent of its packets that one of them loses.</param>
internal sealed record ViewersSettings(int Viewers, int Seconds, int VideoKbps, double LossPercent);

/// <summary>The numbers of one run.</summary>
/// <param name="CoresWithOne">CPU time of the server per wall time with one viewer: drawing, encoding, one transport.</param>
/// <param name="CoresWithAll">The same with all.</param>
/// <param name="FanOutCores">The difference: what the further viewers cost. Both parts are of one run.</param>
/// <param name="KilobitsPerViewer">RTP received by each, retransmissions and voice included.</param>
/// <param name="JoinToPicture">POST of the offer to the first frame that can be shown, ms.</param>
/// <param name="ShownShare">Frames shown by viewers without loss, of those sent.</param>
/// <param name="WorstShownShare">The same of the worst of them.</param>
/// <param name="LossyShownShare">The same of the one with loss.</param>
/// <param name="FrameGap">Between frames at viewers without loss, ms.</param>
internal sealed record ViewersNumbers(
    double CoresWithOne,
    double CoresWithAll,
    double FanOutCores,
    double KilobitsPerViewer,
    Percentiles JoinToPicture,
    double ShownShare,
    double WorstShownShare,
    double LossyShownShare,
    Percentiles FrameGap);
