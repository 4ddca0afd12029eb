// Keeps one connection alive: says how it is doing, restarts ICE when the network changes, gives up with a reason.

import { Exchange } from "./whip";

export type LinkState = "connecting" | "live" | "reconnecting" | "lost" | "ended";

const CONNECT_LIMIT_MS = 12_000;
const PATIENCE_MS = 1_500;
const RESTART_LIMIT_MS = 8_000;
const STALL_CHECK_MS = 1_000;
const STALL_CHECKS = 3;

/** One call or one viewing, from the offer to its end. */
export class Link {
  readonly exchange: Exchange;
  private state: LinkState = "connecting";
  private wasLive = false;
  private restarts = 0;
  private timer = 0;
  private watch = 0;
  private received = 0;
  private stalls = 0;

  constructor(
    readonly peer: RTCPeerConnection,
    endpoint: string,
    key: string | null,
    private readonly onState: (state: LinkState, why: string) => void,
  ) {
    this.exchange = new Exchange(peer, endpoint, key);
    peer.addEventListener("connectionstatechange", () => this.follow());
    this.watch = window.setInterval(() => void this.checkFlow(), STALL_CHECK_MS);
  }

  async open(): Promise<void> {
    await this.exchange.open();
    // The server's goodbye ends DTLS; the connection's own state does not show it.
    const transport = this.peer.getReceivers()[0]?.transport;
    transport?.addEventListener("statechange", () => {
      if (transport.state === "closed") void this.restart();
    });
    if (this.state === "connecting") this.limit(CONNECT_LIMIT_MS);
  }

  close(): void {
    this.stopTimers();
    this.set("ended", "");
    this.exchange.close();
  }

  private follow(): void {
    switch (this.peer.connectionState) {
      case "connected":
        window.clearTimeout(this.timer);
        this.wasLive = true;
        this.set("live", "");
        break;
      case "disconnected":
        this.set("reconnecting", "");
        this.timer = window.setTimeout(() => void this.restart(), PATIENCE_MS);
        break;
      case "failed":
        void this.restart();
        break;
      case "closed":
        this.lose();
        break;
    }
  }

  /**
   * The server sends pictures without pause. When none come although the connection looks well, the call has ended on the
   * other side, which browsers notice only when ICE consent expires half a minute later; asking the server settles it.
   */
  private async checkFlow(): Promise<void> {
    if (this.state !== "live") return;
    let received = 0;
    for (const entry of (await this.peer.getStats()).values() as Iterable<Record<string, unknown>>) {
      if (entry["type"] === "inbound-rtp") received += Number(entry["packetsReceived"] ?? 0);
    }
    if (received !== this.received) this.restarts = 0;
    this.stalls = received === this.received ? this.stalls + 1 : 0;
    this.received = received;
    if (this.stalls >= STALL_CHECKS) {
      this.stalls = 0;
      await this.restart();
    }
  }

  private async restart(): Promise<void> {
    if (this.state === "ended" || this.state === "lost") return;
    if (!this.wasLive || this.restarts >= 3) {
      this.lose();
      return;
    }
    this.restarts++;
    this.set("reconnecting", "");
    this.limit(RESTART_LIMIT_MS);
    try {
      if (!(await this.exchange.restartIce())) this.lose();
      else if (this.peer.connectionState === "connected") this.follow();
    } catch {
      // The server cannot be reached just now; the limit decides.
    }
  }

  private limit(milliseconds: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (this.peer.connectionState !== "connected") this.lose();
    }, milliseconds);
  }

  private lose(): void {
    if (this.state === "ended" || this.state === "lost") return;
    this.stopTimers();
    this.set(
      "lost",
      this.wasLive
        ? "The connection was lost."
        : "No media connection could be made: UDP to this server seems to be blocked by a firewall on the way. The server's UDP port (8189 by default) must be reachable.",
    );
    this.exchange.close();
  }

  private stopTimers(): void {
    window.clearTimeout(this.timer);
    window.clearInterval(this.watch);
  }

  private set(state: LinkState, why: string): void {
    if (this.state === state || this.state === "ended") return;
    this.state = state;
    this.onState(state, why);
  }
}
