namespace LiveAvatar.Pipeline.Recording;

/// <summary>One encoded picture or Opus packet on its way into the file.</summary>
/// <param name="Buffer">From the shared pool; whoever reads the packet gives it back.</param>
/// <param name="Length">Bytes of it that count.</param>
/// <param name="MediaTime">When it is shown, or its first sample heard.</param>
/// <param name="IsVideo">A picture.</param>
/// <param name="IsKeyFrame">A picture that needs no other.</param>
internal readonly record struct RecordedPacket(byte[] Buffer, int Length, TimeSpan MediaTime, bool IsVideo, bool IsKeyFrame);
