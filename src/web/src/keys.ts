// Keyboard shortcuts, and the list of them.

import { element } from "./page";

/** Runs what belongs to a key, unless somebody is writing or a key is held for something else. */
export function onKey(actions: Record<string, () => void>): void {
  window.addEventListener("keydown", (event) => {
    const target = event.target instanceof HTMLElement ? event.target : null;
    const writes = target?.matches("input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select, dialog *") ?? false;
    if (writes || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") dialog.showModal();
    else actions[event.key.toLowerCase()]?.();
  });
}

const dialog = element<HTMLDialogElement>("keys");
element("help").addEventListener("click", () => dialog.showModal());
