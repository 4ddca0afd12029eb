// Counts down to the next try when the server is full or starting.

import { showMessage } from "./page";

let timer = 0;

/** Tries again after some seconds, showing how many are left; null stops counting. */
export function retryLater(next: { why: string; seconds: number; run: () => void } | null): void {
  window.clearInterval(timer);
  if (!next) return;
  const { why, run } = next;
  let left = Math.max(1, next.seconds);
  const show = (): void => showMessage(`${why} Trying again in ${left} s…`, "note", { label: "Try now", run });
  show();
  timer = window.setInterval(() => {
    left--;
    if (left > 0) show();
    else {
      window.clearInterval(timer);
      run();
    }
  }, 1000);
}
