namespace LiveAvatar.Media.Audio;

/// <summary>A packet in the <see cref="PacketStore"/>, without its payload.</summary>
internal readonly record struct WaitingPacket(
    long Sequence, long RtpTimestamp, int Length, TimeSpan Arrived, ulong CaptureNtp, int Slot);
