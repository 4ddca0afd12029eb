// Whether lips and voice are in step at this viewer.

/**
 * How much later the voice is played than the picture of the same moment, in ms; null until the browser can say.
 * estimatedPlayoutTimestamp (W3C webrtc-stats) is the sender's time of what is played now, for sound and picture alike.
 */
export async function syncOffsetMs(peer: RTCPeerConnection): Promise<number | null> {
  const played: Record<string, number> = {};
  for (const entry of (await peer.getStats()).values() as Iterable<Record<string, unknown>>) {
    if (entry["type"] === "inbound-rtp" && typeof entry["estimatedPlayoutTimestamp"] === "number") played[String(entry["kind"])] = entry["estimatedPlayoutTimestamp"];
  }
  const { audio, video } = played;
  return audio === undefined || video === undefined ? null : video - audio;
}
