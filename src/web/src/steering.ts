// Sends the face's commands during a call: the last value of each control, never two of one control at the same time.

import { call, RpcCode, RpcError } from "./grpc";
import { applyRequest, type Command } from "./messages";

/** Ramp of a control that is being dragged: two frames, so that steps melt together. */
const DRAG_RAMP = 0.08;
const LEAST_INTERVAL_MS = 40; // a frame: more often nothing new can be shown

interface Lane {
  waiting: { command: Command; ramp: number } | null;
  running: boolean;
}

/** Steers one call. */
export class Steering {
  private readonly lanes = new Map<string, Lane>();

  constructor(
    readonly session: string,
    readonly secret: string,
    private readonly onRefused: (message: string) => void,
  ) {}

  /** Sends a command; a later one of the same control replaces it if it still waits. */
  send(control: string, command: Command, ramp = DRAG_RAMP): void {
    const lane = this.lanes.get(control) ?? { waiting: null, running: false };
    this.lanes.set(control, lane);
    lane.waiting = { command, ramp };
    if (!lane.running) void this.run(lane);
  }

  private async run(lane: Lane): Promise<void> {
    lane.running = true;
    while (lane.waiting) {
      const { command, ramp } = lane.waiting;
      lane.waiting = null;
      const began = performance.now();
      try {
        await call("ControlService/Apply", applyRequest(this.session, command, ramp), this.secret);
      } catch (error) {
        // The call's own connection tells when it is over or the server away; here only a refusal is news.
        const away = !(error instanceof RpcError) || error.code === RpcCode.notFound || error.code === RpcCode.aborted || error.code === RpcCode.unavailable;
        if (!away) this.onRefused(error.message);
      }
      const rest = LEAST_INTERVAL_MS - (performance.now() - began);
      if (lane.waiting && rest > 0) await new Promise((done) => window.setTimeout(done, rest));
    }
    lane.running = false;
  }
}
