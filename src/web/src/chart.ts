// The last minute of the latency, as stacked areas: one colour a part, the newest at the right.

import type { LatencyPart } from "./latency";
import { element } from "./page";

const KEPT = 60; // seconds, one reading each
const WIDTH = 300;
const HEIGHT = 90;
const STEP_MS = 50;
const SVG = "http://www.w3.org/2000/svg";

const readings: number[][] = [];

/** Forgets the call before. */
export function clearChart(): void {
  readings.length = 0;
  draw();
}

/** Adds a reading. */
export function addReading(parts: LatencyPart[]): void {
  readings.push(parts.map((part) => part.ms));
  if (readings.length > KEPT) readings.shift();
  draw();
}

function draw(): void {
  const chart = element<HTMLElement>("chart");
  const most = Math.max(2 * STEP_MS, ...readings.map((reading) => reading.reduce((sum, ms) => sum + ms, 0)));
  const top = Math.ceil(most / STEP_MS) * STEP_MS;
  const y = (ms: number): number => HEIGHT * (1 - ms / top);
  const x = (index: number): number => WIDTH * (1 - (readings.length - 1 - index) / (KEPT - 1));
  const shapes: SVGElement[] = [];
  for (let ms = STEP_MS; ms <= top; ms += STEP_MS) {
    if (top > 4 * STEP_MS && ms % (2 * STEP_MS) !== 0) continue;
    shapes.push(make("line", { x1: "0", x2: String(WIDTH), y1: y(ms).toFixed(1), y2: y(ms).toFixed(1), class: "grid" }));
    const label = make("text", { x: "2", y: (y(ms) + 10).toFixed(1), class: "axis" });
    label.textContent = `${ms} ms`;
    shapes.push(label);
  }
  const areas: SVGElement[] = [];
  let below = readings.map(() => 0);
  for (let part = 0; part < (readings[0]?.length ?? 0); part++) {
    const lower = below;
    below = lower.map((ms, index) => ms + (readings[index]?.[part] ?? 0));
    const up = below.map((ms, index) => `${x(index).toFixed(1)},${y(ms).toFixed(1)}`);
    const down = lower.map((ms, index) => `${x(index).toFixed(1)},${y(ms).toFixed(1)}`).reverse();
    areas.push(make("polygon", { points: [...up, ...down].join(" "), class: `area part-${part + 1}` }));
  }
  chart.replaceChildren(...areas, ...shapes);
  chart.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
}

function make(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
