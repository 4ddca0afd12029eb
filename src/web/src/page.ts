// Small shared pieces of both pages.

/** The element with this id; a missing one is a mistake in the page. */
export function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element "${id}".`);
  return found as T;
}

/** Shows a message with an optional button, or hides it with an empty text. */
export function showMessage(text: string, kind: "error" | "note" = "error", action?: { label: string; run: () => void }): void {
  const box = element("message");
  const button = element<HTMLButtonElement>("message-action");
  element("message-text").textContent = text;
  box.dataset["kind"] = kind;
  box.hidden = text === "";
  button.hidden = !action;
  button.textContent = action?.label ?? "";
  button.onclick = action ? () => action.run() : null;
}

/** Shows the connection's state in the corner of the picture. */
export function showState(state: string, text: string): void {
  const pill = element("state");
  pill.dataset["state"] = state;
  pill.textContent = text;
}

const LEAST_PICTURE = 16; // pixels: browsers show a tiny black frame before the first real one

/** Marks the video as live from its stream's first picture on, so that no black square is shown before. */
export function revealOnFirstFrame(video: HTMLVideoElement): void {
  const stream = video.srcObject;
  const reveal = (): void => {
    if (video.srcObject !== stream) return;
    if (video.videoWidth >= LEAST_PICTURE) video.classList.add("live");
    else wait();
  };
  const wait = (): void => {
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(reveal);
    else video.addEventListener("timeupdate", reveal, { once: true });
  };
  wait();
}

/** Takes the picture away, so that what lies behind it is seen. */
export function hidePicture(video: HTMLVideoElement): void {
  video.srcObject = null;
  video.classList.remove("live");
}

/** Shows an element on the whole screen, or not any more. */
export function toggleFullScreen(shown: HTMLElement): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void shown.requestFullscreen?.();
}
