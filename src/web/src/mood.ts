// Emotions: a slider each, and a pad of valence and arousal that moves them all.

import { makePad, showDot, type Place } from "./drag";
import { call } from "./grpc";
import { readStrings } from "./messages";
import { element } from "./page";
import type { Steering } from "./steering";

// Where emotions lie on Russell's circumplex: x from unpleasant to pleasant, y from calm to excited. A name that is not
// here has a slider and no place on the pad.
const PLACES: Record<string, Place> = {
  happy: { x: 0.85, y: 0.35 },
  surprised: { x: 0.25, y: 0.9 },
  fear: { x: -0.45, y: 0.85 },
  angry: { x: -0.8, y: 0.55 },
  disgusted: { x: -0.85, y: 0.1 },
  contempt: { x: -0.6, y: -0.35 },
  sad: { x: -0.65, y: -0.7 },
};
const REACH = 0.4; // how far an emotion is felt around its place
const FULL = 0.9; // this far from the middle the mixture has its full strength

const sliders = new Map<string, HTMLInputElement>();
let steering: Steering | null = null;
let place: Place | null = null;

/** The mixture at a place of the pad. */
export function mixture(names: string[], at: Place): Record<string, number> {
  const known = names.filter((name) => PLACES[name]);
  const weights = known.map((name) => Math.exp(-(((PLACES[name]?.x ?? 0) - at.x) ** 2 + ((PLACES[name]?.y ?? 0) - at.y) ** 2) / (2 * REACH ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const strength = Math.min(1, Math.hypot(at.x, at.y) / FULL);
  // Far from every emotion, as in the calm and pleasant corner, nothing is shown.
  return Object.fromEntries(known.map((name, index) => [name, sum > 0 ? (strength * (weights[index] ?? 0)) / Math.max(sum, 0.5) : 0]));
}

function strengths(): Record<string, number> {
  return Object.fromEntries([...sliders].map(([name, slider]) => [name, Number(slider.value) / 100]));
}

function apply(): void {
  steering?.send("emotion", { emotion: strengths() });
}

function show(values: Record<string, number>): void {
  for (const [name, slider] of sliders) slider.value = String(Math.round(100 * (values[name] ?? 0)));
}

/** Where the sliders' mixture lies. */
function centre(): Place | null {
  const values = Object.entries(strengths()).filter(([name, value]) => value > 0 && PLACES[name]);
  const sum = values.reduce((total, [, value]) => total + value, 0);
  if (sum === 0) return null;
  const mean = (axis: "x" | "y"): number => values.reduce((total, [name, value]) => total + value * (PLACES[name]?.[axis] ?? 0), 0) / Math.max(1, sum);
  return { x: mean("x"), y: mean("y") };
}

function move(to: Place | null): void {
  place = to;
  showDot(element("mood-dot"), place);
}

/** Takes everything back. */
export function calm(): void {
  show({});
  move(null);
}

/** Connects the controls to a call, or to none. */
export function steerMood(to: Steering | null): void {
  steering = to;
  if (to && Object.values(strengths()).some((value) => value > 0)) apply(); // what was set before the call holds from its start
}

/** Makes the controls from the emotions that the server's models know; false when it cannot be asked now. */
export async function loadEmotions(): Promise<boolean> {
  const EMOTIONS = 2; // field of ListAvatarsResponse
  const names = await call("AvatarService/List", new Uint8Array(), null).then((answer) => readStrings(answer, EMOTIONS), () => null);
  if (!names) return false;
  element("emotions").replaceChildren(...names.map(slider));
  const pad = element("mood");
  pad.querySelectorAll(".mark").forEach((mark) => mark.remove());
  for (const name of names) {
    const at = PLACES[name];
    if (at) pad.append(mark(name, at));
  }
  return true;
}

function slider(name: string): HTMLElement {
  const label = document.createElement("label");
  const text = document.createElement("span");
  const input = document.createElement("input");
  text.textContent = name;
  label.className = "emotion";
  Object.assign(input, { type: "range", min: "0", max: "100", step: "5", value: "0", id: `emotion-${name}` });
  input.addEventListener("input", () => {
    move(centre());
    apply();
  });
  sliders.set(name, input);
  label.append(text, input);
  return label;
}

function mark(name: string, at: Place): HTMLElement {
  const text = document.createElement("span");
  text.className = "mark";
  text.textContent = name;
  text.style.setProperty("--x", `${50 * (1 + at.x)}%`);
  text.style.setProperty("--y", `${50 * (1 - at.y)}%`);
  return text;
}

makePad(
  element("mood"),
  () => place,
  (to) => {
    move(to);
    show(mixture([...sliders.keys()], to));
    apply();
  },
  () => {
    calm();
    apply();
  },
);
