namespace LiveAvatar.LoadClient;

/// <summary>What a load client does.</summary>
/// <param name="Voice">Opus packets of 10 ms that it says, in a loop; null for a viewer.</param>
/// <param name="Loss">Share of the packets to it that its network loses, 0 to 1.</param>
/// <param name="Seed">Seed of what is lost.</param>
/// <param name="Bandwidth">What it reports that its path bears, bits per second; null = no report.</param>
internal sealed record PeerRole(IReadOnlyList<byte[]>? Voice, double Loss, int Seed, int? Bandwidth = null);
