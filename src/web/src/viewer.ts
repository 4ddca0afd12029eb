// The viewer page: watch and hear a call by its link.

import { apiKey, askForKey } from "./access";
import { BrowserMeter } from "./latency";
import { Link } from "./link";
import { element, hidePicture, revealOnFirstFrame, showMessage, showState, toggleFullScreen } from "./page";
import { retryLater } from "./retry";
import { syncOffsetMs } from "./sync";
import { ServerRefusal } from "./whip";

const session = decodeURIComponent(location.pathname.split("/")[2] ?? "");
// The part after # never leaves the browser but in this page's own request: it is in no server's or proxy's log.
const token = location.hash.slice(1) || null;
const video = element<HTMLVideoElement>("video");
const soundButton = element<HTMLButtonElement>("sound");
const unmuteButton = element<HTMLButtonElement>("unmute");
let link: Link | null = null;
let meter: BrowserMeter | null = null;
let attempts = 0;

/** What tests and measurements reach from outside. */
(window as unknown as { liveAvatar: unknown }).liveAvatar = {
  get peer(): RTCPeerConnection | null {
    return link?.peer ?? null;
  },
  sessionId: session,
  video,
};

async function watch(): Promise<void> {
  retryLater(null);
  showMessage("");
  showState("connecting", "Connecting…");
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const picture = peer.addTransceiver("video", { direction: "recvonly" });
  const voice = peer.addTransceiver("audio", { direction: "recvonly" });
  // One stream for both: the browser plays them in step.
  video.srcObject = new MediaStream([picture.receiver.track, voice.receiver.track]);
  revealOnFirstFrame(video);
  const current: Link = new Link(peer, `/whep/${encodeURIComponent(session)}`, token ?? apiKey(), (state, why) => {
    if (link !== current) return;
    if (state === "live") {
      attempts = 0;
      showState("live", "Live");
    } else if (state === "reconnecting") showState("reconnecting", "Reconnecting…");
    else if (state === "lost") again(why);
  });
  link = current;
  meter = new BrowserMeter(peer);
  try {
    await current.open();
    await playWithSound();
  } catch (error) {
    if (link !== current) return;
    current.close();
    fail(error);
  }
}

/** After a loss: a call that still runs is joined again, one that has ended is said to have ended. */
function again(why: string): void {
  showState("reconnecting", "Reconnecting…");
  if (why.startsWith("No media") || attempts >= 6) {
    showState("failed", "Not connected");
    showMessage(why, "error", { label: "Try again", run: () => void watch() });
    return;
  }
  attempts++;
  window.setTimeout(() => void watch(), 400 * 2 ** attempts);
}

function fail(error: unknown): void {
  showState("failed", "Not connected");
  element("network").textContent = "";
  hidePicture(video);
  const retry = { label: "Try again", run: () => void watch() };
  if (error instanceof ServerRefusal && error.status === 404) {
    showState("idle", "The call has ended");
    showMessage("This call has ended, or the link is not complete. Ask the presenter for a new link.", "note", retry);
  } else if (error instanceof ServerRefusal && (error.status === 401 || error.status === 403)) {
    if (token) showMessage("This link has expired. Ask the presenter for a new one.", "note");
    else askForKey(error.status, "watch (its role is watch)", () => void watch());
  } else if (error instanceof ServerRefusal && error.retryAfterSeconds !== null) {
    retryLater({ why: error.message, seconds: error.retryAfterSeconds, run: () => void watch() });
  } else if (error instanceof ServerRefusal) showMessage(error.message, "note", retry);
  else if (attempts > 0 && attempts < 6) again("The server cannot be reached.");
  else showMessage("The server cannot be reached.", "error", retry);
}

/** Browsers let sound start only after a click, unless the visitor is known; the button appears where one is needed. */
async function playWithSound(): Promise<void> {
  try {
    video.muted = false;
    await video.play();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
    video.muted = true;
    await video.play().catch(() => undefined);
  }
  showSound();
}

function showSound(): void {
  unmuteButton.hidden = !video.muted || soundButton.dataset["chosen"] === "yes";
  soundButton.textContent = video.muted ? "Unmute" : "Mute";
  soundButton.setAttribute("aria-pressed", String(video.muted));
}

unmuteButton.addEventListener("click", () => {
  video.muted = false;
  void video.play();
  showSound();
});
soundButton.addEventListener("click", () => {
  video.muted = !video.muted;
  soundButton.dataset["chosen"] = "yes";
  showSound();
});
element<HTMLInputElement>("volume").addEventListener("input", (event) => {
  video.volume = Number((event.target as HTMLInputElement).value);
});
element("full").addEventListener("click", () => toggleFullScreen(element("frame")));
window.addEventListener("pagehide", () => link?.close());
window.setInterval(async () => {
  if (!meter || document.hidden || link?.peer.connectionState !== "connected") return;
  const [now, offset] = [await meter.read(), await syncOffsetMs(link.peer)];
  if (!now) return;
  element("network").textContent =
    `${now.framesPerSecond.toFixed(0)} frames/s · round trip ${now.roundTripMs.toFixed(0)} ms · loss ${now.lostPercent.toFixed(1)} %` +
    (offset === null ? "" : ` · the voice is ${Math.abs(offset).toFixed(0)} ms ${offset >= 0 ? "after" : "before"} the lips`);
}, 1000);
void watch();
