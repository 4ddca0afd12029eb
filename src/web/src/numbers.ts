// The latency panel: where the time between a sound and its picture goes.

import { addReading } from "./chart";
import { latencyParts, type BrowserStats, type LatencyPart, type ServerStats } from "./latency";
import { element } from "./page";

/** Shows the last second's numbers. */
export function showNumbers(server: ServerStats, browser: BrowserStats, presentationMs: number): void {
  const parts = latencyParts(server, browser, presentationMs);
  const total = parts.reduce((sum, part) => sum + part.ms, 0);
  addReading(parts);
  element("total").textContent = total.toFixed(0);
  element("parts").replaceChildren(...parts.map((part, index) => bar(part, index, total)));
  element("stages").replaceChildren(
    ...parts.flatMap((part, index) => [
      ...row(part.name, part.ms, `part-${index + 1}`),
      ...part.details.filter((detail) => detail.ms >= 0.05).flatMap((detail) => row(detail.name, detail.ms, "detail")),
    ]),
  );
  element("viewers").textContent = String(server.viewers);
  element("network").textContent =
    `${browser.framesPerSecond.toFixed(0)} frames/s · ${browser.kilobitsPerSecond.toFixed(0)} kbit/s · ` +
    `round trip ${browser.roundTripMs.toFixed(0)} ms · loss ${browser.lostPercent.toFixed(1)} % · ` +
    `buffer ${browser.jitterBufferMs.toFixed(0)} ms · the voice is held ${server.voiceHoldMs.toFixed(0)} ms for the lips`;
}

function bar(part: LatencyPart, index: number, total: number): HTMLElement {
  const piece = document.createElement("i");
  piece.className = `part-${index + 1}`;
  piece.style.setProperty("--share", `${(100 * part.ms) / total}%`);
  return piece;
}

function row(name: string, ms: number, style: string): HTMLElement[] {
  const term = document.createElement("dt");
  const value = document.createElement("dd");
  term.className = style;
  value.className = style === "detail" ? style : "";
  term.textContent = name;
  value.textContent = `${ms.toFixed(1)} ms`;
  return [term, value];
}
