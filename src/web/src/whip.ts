// WHIP (RFC 9725) and WHEP in one small client: both post an offer, get an answer, and hold a resource.

/** What the server said instead of an answer: its problem document, ready to show. */
export class ServerRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfterSeconds: number | null,
  ) {
    super(message);
  }
}

const ABS_CAPTURE_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

interface HeaderExtensionTransceiver extends RTCRtpTransceiver {
  getHeaderExtensionsToNegotiate?(): { uri: string; direction: RTCRtpTransceiverDirection }[];
  setHeaderExtensionsToNegotiate?(extensions: { uri: string; direction: RTCRtpTransceiverDirection }[]): void;
}

/** Asks for capture times in every packet, where the browser lets a page choose header extensions. */
function negotiateCaptureTime(transceiver: HeaderExtensionTransceiver): void {
  const extensions = transceiver.getHeaderExtensionsToNegotiate?.();
  if (!extensions) return;
  for (const extension of extensions) {
    if (extension.uri === ABS_CAPTURE_TIME) extension.direction = "sendrecv";
  }
  transceiver.setHeaderExtensionsToNegotiate?.(extensions);
}

async function refusal(response: Response): Promise<ServerRefusal> {
  const retry = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  let detail = `The server answered ${response.status} ${response.statusText}.`;
  try {
    const problem: unknown = await response.json();
    if (typeof problem === "object" && problem !== null && "detail" in problem && typeof problem.detail === "string") {
      detail = problem.detail;
    }
  } catch {
    // Not a problem document: the status has to do.
  }
  return new ServerRefusal(response.status, detail, Number.isFinite(retry) ? retry : null);
}

/** One connection and the server's resource for it. */
export class Exchange {
  private location: URL | null = null;
  private closed = false;

  constructor(
    readonly peer: RTCPeerConnection,
    private readonly endpoint: string,
    private readonly key: string | null,
  ) {}

  /** The resource's path segments after the endpoint's name: for /whip/{session}/{token} the session comes first. */
  get session(): string {
    return this.location?.pathname.split("/")[2] ?? "";
  }

  /** What steering the session needs: the last segment of /whip/{session}/{secret}. */
  get secret(): string {
    return this.location?.pathname.split("/")[3] ?? "";
  }

  /** Offers what the connection's transceivers say and takes the answer. */
  async open(signal?: AbortSignal): Promise<void> {
    for (const transceiver of this.peer.getTransceivers()) negotiateCaptureTime(transceiver);
    await this.peer.setLocalDescription();
    // No candidates are waited for: the server is ICE-lite and learns our address from our checks.
    const response = await fetch(this.endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/sdp", Accept: "application/sdp", ...(this.key ? { Authorization: `Bearer ${this.key}` } : {}) },
      body: this.peer.localDescription?.sdp ?? "",
      ...(signal ? { signal } : {}),
    });
    if (response.status !== 201) throw await refusal(response);
    const answer = await response.text();
    this.location = new URL(response.headers.get("Location") ?? "", new URL(this.endpoint, location.href));
    if (this.closed) {
      this.delete();
      return;
    }
    await this.peer.setRemoteDescription({ type: "answer", sdp: answer });
  }

  /** New ICE credentials on both sides: the way back after the network changed. False when the server has let go. */
  async restartIce(): Promise<boolean> {
    if (!this.location || this.closed) return false;
    const answer = this.peer.remoteDescription?.sdp;
    if (!answer) return false;
    this.peer.restartIce();
    await this.peer.setLocalDescription();
    const offer = this.peer.localDescription?.sdp ?? "";
    const lines = offer.split(/\r?\n/);
    const one = (prefix: string): string => lines.find((line) => line.startsWith(prefix)) ?? "";
    const response = await fetch(this.location, {
      method: "PATCH",
      headers: { "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": '"*"' },
      body: [one("a=ice-ufrag:"), one("a=ice-pwd:"), one("m="), one("a=mid:"), ""].join("\r\n"),
    });
    if (response.status !== 200) return false;
    const fragment = (await response.text()).split(/\r?\n/);
    const fresh = (prefix: string): string => fragment.find((line) => line.startsWith(prefix)) ?? "";
    const sdp = answer
      .replace(/^a=ice-ufrag:.*$/gm, fresh("a=ice-ufrag:"))
      .replace(/^a=ice-pwd:.*$/gm, fresh("a=ice-pwd:"));
    await this.peer.setRemoteDescription({ type: "answer", sdp });
    return true;
  }

  /** Ends the connection here and on the server; safe to call twice and while the page goes away. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.peer.close();
    this.delete();
  }

  private delete(): void {
    if (this.location) void fetch(this.location, { method: "DELETE", keepalive: true }).catch(() => undefined);
  }
}
