// The studio: choose a presenter and a voice, call, watch, steer the face, share, and see where the time goes.

import { apiKey, askForKey } from "./access";
import { avatarChanged, callQuery, expressionChanged, loadAvatars } from "./avatars";
import { clearChart } from "./chart";
import { release, steerHead } from "./head";
import { onKey } from "./keys";
import { BrowserMeter, PresentationMeter, type ServerStats } from "./latency";
import { Link, type LinkState } from "./link";
import { calm, loadEmotions, steerMood } from "./mood";
import { showNumbers } from "./numbers";
import { element, hidePicture, revealOnFirstFrame, showMessage, showState, toggleFullScreen } from "./page";
import { recordCall } from "./recording";
import { retryLater } from "./retry";
import { shareCall } from "./share";
import { Steering } from "./steering";
import { chosenVoice, openVoice, VoiceError, watchVoiceChoice, type Voice } from "./voice";
import { ServerRefusal } from "./whip";

interface Call {
  link: Link;
  voice: Voice;
  meter: BrowserMeter;
  presentation: PresentationMeter;
  steering: Steering | null;
}

type Now = "blink" | "nod" | "shake" | "interrupt";

const NEUTRAL_RAMP = 0.4;

const video = element<HTMLVideoElement>("video");
const callButton = element<HTMLButtonElement>("call");
const muteButton = element<HTMLButtonElement>("mute");
const clean = element<HTMLInputElement>("clean");
const hear = element<HTMLInputElement>("hear");
let call: Call | null = null;
let busy = false;
let redials = 0;
let lastStats: ServerStats | null = null;

/** What tests, measurements and the curious reach from outside. */
const exposed = {
  get peer(): RTCPeerConnection | null {
    return call?.link.peer ?? null;
  },
  get sessionId(): string {
    return call?.link.exchange.session ?? "";
  },
  get voiceTrack(): MediaStreamTrack | null {
    return call?.voice.track ?? null;
  },
  get stats(): ServerStats | null {
    return lastStats;
  },
  video,
  call: () => start(),
  end: () => end(),
  restartIce: () => call?.link.exchange.restartIce(),
};
declare global {
  interface Window {
    liveAvatar: typeof exposed;
  }
}
window.liveAvatar = exposed;

function showCalling(inCall: boolean): void {
  callButton.textContent = inCall ? "End" : "Call";
  callButton.classList.toggle("end", inCall);
  for (const id of ["mute", "interrupt"]) element<HTMLButtonElement>(id).disabled = !inCall;
  for (const id of ["share", "numbers", "programs", "gestures"]) element(id).hidden = !inCall;
  for (const input of document.querySelectorAll<HTMLInputElement>("input[name=voice], #clean")) input.disabled = inCall;
}

async function start(): Promise<void> {
  if (call || busy) return;
  busy = true;
  callButton.disabled = true;
  retryLater(null);
  showMessage("");
  showState("connecting", "Connecting…");
  let voice: Voice | null = null;
  let link: Link | null = null;
  try {
    voice = await openVoice(chosenVoice(), { clean: clean.checked, heard: hear.checked });
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    link = connect(peer, voice);
    call = { link, voice, meter: new BrowserMeter(peer), presentation: new PresentationMeter(video), steering: null };
    await link.open();
    await begin(call);
  } catch (error) {
    call?.presentation.stop();
    call = null;
    link?.close();
    voice?.stop();
    hidePicture(video);
    showState("failed", "Not connected");
    showFailure(error);
  } finally {
    busy = false;
    callButton.disabled = false;
  }
}

/** The server has answered: everything that needs the session wakes up. */
async function begin(begun: Call): Promise<void> {
  const { session, secret } = begun.link.exchange;
  begun.steering = new Steering(session, secret, (why) => showMessage(why, "note"));
  clearChart();
  showCalling(true);
  steerMood(begun.steering);
  steerHead(begun.steering);
  recordCall(session, secret);
  await shareCall(session, secret);
}

function connect(peer: RTCPeerConnection, voice: Voice): Link {
  peer.addTransceiver(voice.track, { direction: "sendonly", streams: [new MediaStream([voice.track])] });
  const picture = peer.addTransceiver("video", { direction: "recvonly" });
  video.classList.remove("live");
  video.srcObject = new MediaStream([picture.receiver.track]);
  revealOnFirstFrame(video);
  const link: Link = new Link(peer, `/whip${callQuery()}`, apiKey(), (state, why) => {
    if (call?.link === link) follow(state, why);
  });
  voice.track.addEventListener("ended", () => {
    if (call?.link === link) showMessage("The microphone was unplugged or taken away. End the call and call again.", "error");
  });
  return link;
}

function follow(state: LinkState, why: string): void {
  switch (state) {
    case "live":
      redials = 0;
      showState("live", "Live");
      break;
    case "reconnecting":
      showState("reconnecting", "Reconnecting…");
      break;
    case "lost":
      end();
      showState("failed", why.startsWith("No media") ? "Not connected" : "Connection lost");
      if (why.startsWith("No media") || redials >= 3) {
        showMessage(why, "error", { label: "Call again", run: () => void start() });
      } else {
        redials++;
        showMessage(`${why} Calling again…`, "note");
        window.setTimeout(() => void start(), 500 * 2 ** redials);
      }
      break;
    default:
      break;
  }
}

function showFailure(error: unknown): void {
  const again = { label: "Call again", run: () => void start() };
  if (error instanceof VoiceError) showMessage(error.message);
  else if (error instanceof ServerRefusal && (error.status === 401 || error.status === 403)) askForKey(error.status, "make calls (its role is drive)", () => void start());
  else if (error instanceof ServerRefusal && error.retryAfterSeconds !== null) retryLater({ why: error.message, seconds: error.retryAfterSeconds, run: () => void start() });
  else if (error instanceof ServerRefusal) showMessage(error.message, "error", again);
  else if (error instanceof TypeError) {
    // The server is away, as while it restarts: a lost call is dialled again, a first one is the caller's to repeat.
    if (redials > 0 && redials < 6) follow("lost", "The server cannot be reached.");
    else showMessage("The server cannot be reached. Is it still running?", "error", again);
  } else showMessage(`The call failed: ${error instanceof Error ? error.message : String(error)}`, "error", again);
}

function end(): void {
  const ended = call;
  call = null;
  if (!ended) return;
  recordCall(null);
  steerMood(null);
  steerHead(null);
  ended.link.close();
  ended.voice.stop();
  ended.presentation.stop();
  hidePicture(video);
  setMuted(false);
  showCalling(false);
  showState("idle", "Not in a call");
}

function setMuted(muted: boolean): void {
  if (call) call.voice.track.enabled = !muted;
  muteButton.setAttribute("aria-pressed", String(muted));
  muteButton.textContent = muted ? "Unmute" : "Mute";
}

function doNow(what: Now): void {
  call?.steering?.send(what, { now: what });
}

function neutral(): void {
  calm();
  release(false);
  call?.steering?.send("emotion", { now: "neutral" }, NEUTRAL_RAMP);
}

async function updateNumbers(): Promise<void> {
  const current = call;
  if (!current?.steering || document.hidden) return;
  const { session, secret } = current.steering;
  const [response, browser] = await Promise.all([
    fetch(`/api/sessions/${session}/stats`, { headers: { authorization: `Bearer ${secret}` } }).catch(() => null),
    current.meter.read(),
  ]);
  if (!response?.ok || call !== current) return;
  lastStats = (await response.json()) as ServerStats;
  if (browser) showNumbers(lastStats, browser, current.presentation.medianMs);
}

async function load(): Promise<void> {
  await loadAvatars();
  if (!(await loadEmotions())) window.setTimeout(() => void loadEmotions(), 1000);
}

function toggleCall(): void {
  redials = 0;
  if (call) end();
  else void start();
}

callButton.addEventListener("click", toggleCall);
muteButton.addEventListener("click", () => setMuted(call?.voice.track.enabled ?? false));
element("interrupt").addEventListener("click", () => doNow("interrupt"));
element("neutral").addEventListener("click", neutral);
element("full").addEventListener("click", () => toggleFullScreen(element("frame")));
hear.addEventListener("change", () => call?.voice.setHeard(hear.checked));
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-now]")) {
  button.addEventListener("click", () => doNow(button.dataset["now"] as Now));
}
avatarChanged((name) => call?.steering?.send("avatar", { avatar: name }));
expressionChanged((amount) => call?.steering?.send("expression", { automaticEmotion: amount }, NEUTRAL_RAMP));
onKey({
  c: toggleCall,
  m: () => muteButton.click(),
  i: () => doNow("interrupt"),
  b: () => doNow("blink"),
  y: () => doNow("nod"),
  n: () => doNow("shake"),
  "0": neutral,
  h: () => document.querySelector<HTMLButtonElement>("[data-mode=head]")?.click(),
  e: () => document.querySelector<HTMLButtonElement>("[data-mode=eyes]")?.click(),
  r: () => element<HTMLButtonElement>("record").click(),
  f: () => element("full").click(),
});
window.addEventListener("pagehide", () => end());
window.setInterval(() => void updateNumbers(), 1000);
window.setInterval(() => (element<HTMLMeterElement>("level").value = call?.voice.track.enabled ? call.voice.level() : 0), 80);
watchVoiceChoice();
showCalling(false);
steerHead(null);
void load();
