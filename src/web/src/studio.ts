// The studio: choose a presenter and a voice, call, watch, share, and see where the time goes.

import { callQuery, loadAvatars } from "./avatars";
import { BrowserMeter, PresentationMeter, type ServerStats } from "./latency";
import { Link, type LinkState } from "./link";
import { showNumbers } from "./numbers";
import { element, revealOnFirstFrame, showMessage, showState } from "./page";
import { openVoice, VoiceError, type Voice, type VoiceChoice } from "./voice";
import { ServerRefusal } from "./whip";

interface Call {
  link: Link;
  voice: Voice;
  meter: BrowserMeter;
  presentation: PresentationMeter;
}

const video = element<HTMLVideoElement>("video");
const callButton = element<HTMLButtonElement>("call");
const muteButton = element<HTMLButtonElement>("mute");
const choices = [...document.querySelectorAll<HTMLInputElement>("input[name=voice]")];
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

function chosenVoice(): VoiceChoice {
  return (choices.find((choice) => choice.checked)?.value ?? "microphone") as VoiceChoice;
}

function showCalling(inCall: boolean): void {
  callButton.textContent = inCall ? "End" : "Call";
  callButton.classList.toggle("end", inCall);
  muteButton.disabled = !inCall;
  element("share").hidden = !inCall;
  element("numbers").hidden = !inCall;
  for (const input of document.querySelectorAll<HTMLInputElement>("input[name=avatar], input[name=voice], #clean, #expression")) input.disabled = inCall;
}

async function start(): Promise<void> {
  if (call || busy) return;
  busy = true;
  callButton.disabled = true;
  showMessage("");
  showState("connecting", "Connecting…");
  let voice: Voice | null = null;
  let link: Link | null = null;
  try {
    voice = await openVoice(chosenVoice(), { clean: clean.checked, heard: hear.checked });
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    link = connect(peer, voice);
    call = { link, voice, meter: new BrowserMeter(peer), presentation: new PresentationMeter(video) };
    await link.open();
    element<HTMLInputElement>("link").value = new URL(`/view/${link.exchange.session}`, location.href).href;
    showCalling(true);
  } catch (error) {
    call?.presentation.stop();
    call = null;
    link?.close();
    voice?.stop();
    showState("failed", "Not connected");
    showFailure(error);
  } finally {
    busy = false;
    callButton.disabled = false;
  }
}

function connect(peer: RTCPeerConnection, voice: Voice): Link {
  peer.addTransceiver(voice.track, { direction: "sendonly", streams: [new MediaStream([voice.track])] });
  const picture = peer.addTransceiver("video", { direction: "recvonly" });
  video.classList.remove("live");
  video.srcObject = new MediaStream([picture.receiver.track]);
  revealOnFirstFrame(video);
  const link: Link = new Link(peer, `/whip${callQuery()}`, (state, why) => {
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
  else if (error instanceof ServerRefusal && error.status === 503) showMessage(`${error.message}`, "note", again);
  else if (error instanceof ServerRefusal) showMessage(error.message, "error", again);
  else if (error instanceof TypeError) showMessage("The server cannot be reached. Is it still running?", "error", again);
  else showMessage(`The call failed: ${error instanceof Error ? error.message : String(error)}`, "error", again);
}

function end(): void {
  const ended = call;
  call = null;
  if (!ended) return;
  ended.link.close();
  ended.voice.stop();
  ended.presentation.stop();
  video.srcObject = null;
  video.classList.remove("live");
  setMuted(false);
  showCalling(false);
  showState("idle", "Not in a call");
}

function setMuted(muted: boolean): void {
  if (call) call.voice.track.enabled = !muted;
  muteButton.setAttribute("aria-pressed", String(muted));
  muteButton.textContent = muted ? "Unmute" : "Mute";
}

async function updateNumbers(): Promise<void> {
  const current = call;
  if (!current || document.hidden || !current.link.exchange.session) return;
  const [response, browser] = await Promise.all([
    fetch(`/api/sessions/${current.link.exchange.session}/stats`).catch(() => null),
    current.meter.read(),
  ]);
  if (!response?.ok || call !== current) return;
  lastStats = (await response.json()) as ServerStats;
  showNumbers(lastStats, browser, current.presentation.medianMs);
}

function showVoiceOptions(): void {
  const microphone = chosenVoice() === "microphone";
  element("clean-line").hidden = !microphone;
  element("hear-line").hidden = microphone;
}

callButton.addEventListener("click", () => {
  redials = 0;
  if (call) end();
  else void start();
});
muteButton.addEventListener("click", () => setMuted(call?.voice.track.enabled ?? false));
hear.addEventListener("change", () => call?.voice.setHeard(hear.checked));
for (const choice of choices) choice.addEventListener("change", showVoiceOptions);
element("copy").addEventListener("click", () => {
  const link = element<HTMLInputElement>("link");
  link.select();
  const done = (): void => {
    element("copy").textContent = "Copied";
    window.setTimeout(() => (element("copy").textContent = "Copy"), 1500);
  };
  // On http pages of other machines there is no clipboard API; the old command still works there.
  if (navigator.clipboard) void navigator.clipboard.writeText(link.value).then(done);
  else if (document.execCommand("copy")) done();
});
window.addEventListener("pagehide", () => end());
window.setInterval(() => void updateNumbers(), 1000);
window.setInterval(() => (element<HTMLMeterElement>("level").value = call?.voice.track.enabled ? call.voice.level() : 0), 80);
showVoiceOptions();
showCalling(false);
void loadAvatars();
