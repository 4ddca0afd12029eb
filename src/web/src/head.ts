// Head and eyes, steered by pointing at the picture: the head turns, or the eyes look, towards the pointer.

import { makePad, showDot, type Place } from "./drag";
import { element } from "./page";
import type { Steering } from "./steering";

type Mode = "head" | "eyes";

// What the presenters that ship can show (proto/liveavatar/v1/control.proto, Pose).
const MOST_YAW = 0.28;
const MOST_PITCH = 0.17;
const RELEASE_RAMP = 0.6;

const pad = element("frame");
const places: Record<Mode, Place | null> = { head: null, eyes: null };
let mode: Mode = "head";
let steering: Steering | null = null;

// The presenter faces the viewer: its left is the picture's right.
function apply(changed: Mode, ramp?: number): void {
  const at = places[changed];
  if (changed === "head") {
    steering?.send("pose", { pose: { weight: at ? 1 : 0, yaw: MOST_YAW * (at?.x ?? 0), pitch: -MOST_PITCH * (at?.y ?? 0) } }, ramp);
  } else steering?.send("gaze", { gaze: { weight: at ? 1 : 0, x: at?.x ?? 0, y: at?.y ?? 0 } }, ramp);
}

function move(to: Place | null, ramp?: number): void {
  places[mode] = to;
  show();
  apply(mode, ramp);
}

function show(): void {
  showDot(element("pose-dot"), steering ? places[mode] : null);
  element<HTMLButtonElement>("release").disabled = !steering || (!places.head && !places.eyes);
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-mode]")) {
    button.setAttribute("aria-pressed", String(button.dataset["mode"] === mode));
  }
}

/** Lets head and eyes move by themselves again. */
export function release(tell = true): void {
  for (const part of ["head", "eyes"] as const) {
    if (!places[part]) continue;
    places[part] = null;
    if (tell) apply(part, RELEASE_RAMP);
  }
  show();
}

/** Connects the picture to a call, or to none. */
export function steerHead(to: Steering | null): void {
  steering = to;
  if (to) delete pad.dataset["off"];
  else pad.dataset["off"] = "";
  pad.tabIndex = to ? 0 : -1;
  release(false);
}

makePad(pad, () => places[mode], (to) => move(to), () => move(null, RELEASE_RAMP));
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-mode]")) {
  button.addEventListener("click", () => {
    mode = button.dataset["mode"] as Mode;
    show();
  });
}
element("release").addEventListener("click", () => release());
