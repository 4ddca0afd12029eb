namespace LiveAvatar.Media.Audio;

/// <summary>One step of the voice: a packet to decode, or a loss to cover.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Length">Bytes of payload; 0 for <see cref="AudioUnitKind.Lost"/>.</param>
/// <param name="Sequence">Its unwrapped sequence number.</param>
/// <param name="RtpTimestamp">Unwrapped timestamp of its first sample; estimated if lost.</param>
/// <param name="DurationSamples48k">How long it plays; estimated if lost.</param>
/// <param name="Arrived">When it came; if lost, when the packet came that showed it missing.</param>
/// <param name="CaptureNtp">NTP time of its first sample at the capturer, estimated if lost; 0 = unknown.</param>
public readonly record struct AudioUnit(
    AudioUnitKind Kind, int Length, long Sequence, long RtpTimestamp, int DurationSamples48k, TimeSpan Arrived, ulong CaptureNtp);
