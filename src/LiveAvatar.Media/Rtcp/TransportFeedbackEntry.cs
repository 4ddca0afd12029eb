namespace LiveAvatar.Media.Rtcp;

/// <summary>The fate of one packet, told by transport-wide feedback.</summary>
/// <param name="Sequence">Its transport-wide sequence number.</param>
/// <param name="Received">Whether it arrived.</param>
/// <param name="Arrival">When, on the receiver's clock of unknown origin in 250 us steps; zero if not received.</param>
public readonly record struct TransportFeedbackEntry(ushort Sequence, bool Received, TimeSpan Arrival);
