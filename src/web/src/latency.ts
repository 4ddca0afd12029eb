// Puts together what the server, the network and the browser each add between a sound and its picture.

export interface StageTime {
  stage: string;
  count: number;
  p50: number;
  p95: number;
  p99: number;
}

export interface ServerStats {
  avatar: string;
  ageSeconds: number;
  viewers: number;
  voiceHoldMs: number;
  frameMs: number;
  lookAheadMs: number;
  counts: Record<string, number>;
  stages: StageTime[];
  transport: Record<string, number | string | null>;
}

export interface BrowserStats {
  framesPerSecond: number;
  jitterBufferMs: number;
  decodeMs: number;
  roundTripMs: number;
  lostPercent: number;
  kilobitsPerSecond: number;
  dropped: number;
  freezes: number;
}

interface InboundVideo {
  timestamp: number;
  framesDecoded: number;
  framesDropped: number;
  freezeCount: number;
  totalDecodeTime: number;
  jitterBufferDelay: number;
  jitterBufferEmittedCount: number;
  packetsReceived: number;
  packetsLost: number;
  bytesReceived: number;
}

const EMPTY: InboundVideo = {
  timestamp: 0,
  framesDecoded: 0,
  framesDropped: 0,
  freezeCount: 0,
  totalDecodeTime: 0,
  jitterBufferDelay: 0,
  jitterBufferEmittedCount: 0,
  packetsReceived: 0,
  packetsLost: 0,
  bytesReceived: 0,
};

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** Turns a connection's running totals into numbers for the time since the last reading. */
export class BrowserMeter {
  private before: InboundVideo | null = null;

  constructor(private readonly peer: RTCPeerConnection) {}

  /** Null until pictures have come for the whole of that time: a part of it would read as a low rate, or as none. */
  async read(): Promise<BrowserStats | null> {
    let now = EMPTY;
    let roundTripMs = 0;
    for (const entry of (await this.peer.getStats()).values() as Iterable<Record<string, unknown>>) {
      if (entry["type"] === "inbound-rtp" && entry["kind"] === "video") now = { ...EMPTY, ...entry } as InboundVideo;
      if (entry["type"] === "candidate-pair" && entry["nominated"] === true) roundTripMs = Number(entry["currentRoundTripTime"] ?? 0) * 1000;
    }
    const old = this.before;
    this.before = now.framesDecoded > 0 ? now : null;
    if (!old || !this.before || now.timestamp <= old.timestamp) return null;
    const seconds = (now.timestamp - old.timestamp) / 1000;
    const lost = now.packetsLost - old.packetsLost;
    return {
      framesPerSecond: ratio(now.framesDecoded - old.framesDecoded, seconds),
      jitterBufferMs: 1000 * ratio(now.jitterBufferDelay - old.jitterBufferDelay, now.jitterBufferEmittedCount - old.jitterBufferEmittedCount),
      decodeMs: 1000 * ratio(now.totalDecodeTime - old.totalDecodeTime, now.framesDecoded - old.framesDecoded),
      roundTripMs,
      lostPercent: 100 * ratio(Math.max(0, lost), lost + now.packetsReceived - old.packetsReceived),
      kilobitsPerSecond: ratio(((now.bytesReceived - old.bytesReceived) * 8) / 1000, seconds),
      dropped: now.framesDropped,
      freezes: now.freezeCount,
    };
  }
}

/** Time from a frame's last packet to the screen, from requestVideoFrameCallback; median of the last two seconds. */
export class PresentationMeter {
  private readonly delays: number[] = [];
  private running = true;

  constructor(private readonly video: HTMLVideoElement) {
    this.next();
  }

  get medianMs(): number {
    const sorted = [...this.delays].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  stop(): void {
    this.running = false;
  }

  private next(): void {
    this.video.requestVideoFrameCallback?.((_, metadata) => {
      if (!this.running) return;
      if (metadata.receiveTime !== undefined) {
        this.delays.push(metadata.expectedDisplayTime - metadata.receiveTime);
        if (this.delays.length > 50) this.delays.shift();
      }
      this.next();
    });
  }
}

export interface LatencyPart {
  name: string;
  ms: number;
  details: { name: string; ms: number }[];
}

// What no report contains: the browser gathers and encodes 10 ms of sound at a time.
const CAPTURE_MS = 10;

const STAGE_NAMES: Record<string, string> = {
  receive: "waiting to be received",
  decode: "audio decoder",
  inference_wait: "waiting for a worker",
  listen: "speech models",
  draw: "drawing",
  encode_wait: "waiting for the encoder",
  encode: "video encoder",
  send: "sending",
};

/** The parts from a sound to its picture, in the order they happen. */
export function latencyParts(server: ServerStats, browser: BrowserStats, presentationMs: number): LatencyPart[] {
  const stage = (name: string): number => server.stages.find((entry) => entry.stage === name)?.p50 ?? 0;
  const details = Object.entries(STAGE_NAMES).map(([key, name]) => ({ name, ms: stage(key) }));
  return [
    { name: "Microphone and network up", ms: CAPTURE_MS + browser.roundTripMs / 2, details: [] },
    // A sound in the middle of its frame waits for the rest of the frame and for the look-ahead.
    { name: "Hearing enough for a picture", ms: server.frameMs / 2 + server.lookAheadMs, details: [] },
    { name: "Server", ms: stage("total"), details },
    {
      name: "Network down and browser",
      ms: browser.roundTripMs / 2 + (presentationMs || browser.jitterBufferMs + browser.decodeMs),
      details: [],
    },
  ];
}
