// A two-dimensional control: dragged with a pointer, moved with the arrow keys.

const KEY_STEP = 0.1;

/** A place: -1 to 1 to the right and upwards. */
export interface Place {
  x: number;
  y: number;
}

/** Makes an element a pad. `onMove` gets every place; `onLeave` is a double click, Escape or Delete. */
export function makePad(pad: HTMLElement, place: () => Place | null, onMove: (place: Place) => void, onLeave: () => void): void {
  const at = (event: PointerEvent): Place => {
    const box = pad.getBoundingClientRect();
    return { x: clamp((2 * (event.clientX - box.left)) / box.width - 1), y: clamp(1 - (2 * (event.clientY - box.top)) / box.height) };
  };
  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || pad.dataset["off"] !== undefined || event.target instanceof HTMLButtonElement) return;
    pad.setPointerCapture(event.pointerId);
    onMove(at(event));
  });
  pad.addEventListener("pointermove", (event) => {
    if (pad.hasPointerCapture(event.pointerId)) onMove(at(event));
  });
  pad.addEventListener("dblclick", (event) => {
    if (pad.dataset["off"] === undefined && !(event.target instanceof HTMLButtonElement)) onLeave();
  });
  pad.addEventListener("keydown", (event) => {
    if (pad.dataset["off"] !== undefined || event.target !== pad) return;
    const { x, y } = place() ?? { x: 0, y: 0 };
    const moves: Record<string, Place> = {
      ArrowLeft: { x: x - KEY_STEP, y },
      ArrowRight: { x: x + KEY_STEP, y },
      ArrowUp: { x, y: y + KEY_STEP },
      ArrowDown: { x, y: y - KEY_STEP },
    };
    const moved = moves[event.key];
    if (moved) onMove({ x: clamp(moved.x), y: clamp(moved.y) });
    else if (event.key === "Escape" || event.key === "Delete") onLeave();
    else return;
    event.preventDefault();
  });
}

/** Puts a dot onto a pad, or takes it away. */
export function showDot(dot: HTMLElement, place: Place | null): void {
  dot.hidden = place === null;
  if (!place) return;
  dot.style.setProperty("--x", `${(50 * (1 + place.x)).toFixed(1)}%`);
  dot.style.setProperty("--y", `${(50 * (1 - place.y)).toFixed(1)}%`);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
