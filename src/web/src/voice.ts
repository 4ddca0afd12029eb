// Where the driver's voice comes from: a microphone, or a recording that is played in a loop.

import { element, showMessage } from "./page";

export type VoiceChoice = "microphone" | "english" | "german" | "file";

/** A voice cannot be had; the message says what to do. */
export class VoiceError extends Error {}

const SOUND_DEVICE_PATIENCE_MS = 5000; // wireless headphones take a second or two to wake

/** A running source of sound. */
export interface Voice {
  readonly track: MediaStreamTrack;
  /** Loudness now, 0 to 1. */
  level(): number;
  /** Whether a recording is also played on the speakers. */
  setHeard(heard: boolean): void;
  stop(): void;
}

function meter(context: AudioContext, source: AudioNode): () => number {
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return () => {
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    // -60 dB to 0 dB on a line from 0 to 1.
    return Math.min(1, Math.max(0, 1 + Math.log10(Math.sqrt(sum / samples.length) + 1e-6) / 3));
  };
}

async function openMicrophone(clean: boolean): Promise<Voice> {
  if (!navigator.mediaDevices) {
    throw new VoiceError("The browser gives the microphone only to secure pages. Open this page on https or on localhost, or use a sample voice.");
  }
  let stream: MediaStream;
  try {
    // Echo cancellation is never needed: the driver does not hear the presenter. Each filter costs delay.
    stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: clean, autoGainControl: clean },
    });
  } catch (error) {
    throw new VoiceError(explain(error));
  }
  const track = stream.getAudioTracks()[0];
  if (!track) throw new VoiceError("No microphone was found. Plug one in, or use a sample voice.");
  track.contentHint = "speech";
  const context = new AudioContext({ latencyHint: "interactive" });
  const level = meter(context, context.createMediaStreamSource(stream));
  return {
    track,
    level,
    setHeard: () => undefined,
    stop: () => {
      track.stop();
      void context.close();
    },
  };
}

function explain(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  switch (name) {
    case "NotAllowedError":
      return "The microphone is blocked for this page. Allow it in the address bar, then call again, or use a sample voice.";
    case "NotFoundError":
      return "No microphone was found. Plug one in and call again, or use a sample voice.";
    case "NotReadableError":
      return "The microphone is in use by another program. Close that program and call again, or use a sample voice.";
    default:
      return `The microphone cannot be opened (${name || String(error)}). Use a sample voice to go on without it.`;
  }
}

async function fetchSample(name: string): Promise<ArrayBuffer> {
  const response = await fetch(`/voices/${name}.opus`);
  if (!response.ok) throw new VoiceError(`The sample voice is missing on the server (${response.status}).`);
  return response.arrayBuffer();
}

/** Waits until a context runs: on a machine without a sound device Firefox would let it wait for ever. */
async function begin(context: AudioContext): Promise<void> {
  let timer = 0;
  const patience = new Promise<never>((_, reject) => {
    timer = window.setTimeout(
      () => reject(new VoiceError("This browser found no sound device, and plays no recording without one. Connect a loudspeaker or headphones, or use the microphone.")),
      SOUND_DEVICE_PATIENCE_MS,
    );
  });
  await Promise.race([context.resume(), patience]);
  window.clearTimeout(timer);
}

async function openRecording(bytes: Promise<ArrayBuffer>, undecodable: string, heard: boolean): Promise<Voice> {
  const context = new AudioContext({ latencyHint: "interactive", sampleRate: 48000 });
  try {
    const buffer = await context.decodeAudioData(await bytes);
    await begin(context);
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    const output = context.createMediaStreamDestination();
    const speakers = new GainNode(context, { gain: heard ? 1 : 0 });
    source.connect(output);
    source.connect(speakers).connect(context.destination);
    const level = meter(context, source);
    source.start();
    const track = output.stream.getAudioTracks()[0];
    if (!track) throw new VoiceError("This browser cannot play a recording into a call. Use the microphone.");
    return {
      track,
      level,
      setHeard: (on) => speakers.gain.setTargetAtTime(on ? 1 : 0, context.currentTime, 0.02),
      stop: () => {
        source.stop();
        track.stop();
        void context.close();
      },
    };
  } catch (error) {
    void context.close();
    throw error instanceof VoiceError ? error : new VoiceError(undecodable);
  }
}

/** Opens the chosen voice. */
export async function openVoice(choice: VoiceChoice, options: { clean: boolean; heard: boolean }): Promise<Voice> {
  if (choice === "microphone") return openMicrophone(options.clean);
  if (choice !== "file") return openRecording(fetchSample(choice), "This browser cannot decode the sample voice. Use the microphone.", options.heard);
  if (!file) throw new VoiceError("Choose an audio file first, or drop one onto this page.");
  return openRecording(file.arrayBuffer(), `"${file.name}" is no sound this browser can decode. Try WAV, MP3, FLAC or Ogg.`, options.heard);
}

const choices = [...document.querySelectorAll<HTMLInputElement>("input[name=voice]")];
let file: File | null = null;

/** The voice that is chosen now. */
export function chosenVoice(): VoiceChoice {
  return (choices.find((choice) => choice.checked)?.value ?? "microphone") as VoiceChoice;
}

function showOptions(): void {
  const microphone = chosenVoice() === "microphone";
  element("clean-line").hidden = !microphone;
  element("hear-line").hidden = microphone;
}

function takeFile(taken: File | undefined): void {
  const choice = choices.find((one) => one.value === "file");
  if (!taken || !choice) return;
  if (choice.disabled) {
    showMessage("The voice of a call that runs stays. End the call, then drop the file again.", "note");
    return;
  }
  file = taken;
  choice.checked = true;
  element("file-name").textContent = taken.name;
  showOptions();
}

/** Lets the voice be chosen, a file by its button or by dropping it. */
export function watchVoiceChoice(): void {
  const picker = element<HTMLInputElement>("file");
  for (const choice of choices) choice.addEventListener("change", showOptions);
  element("file-choice").addEventListener("click", (event) => {
    // A click on the label comes twice, once for its radio button.
    if (event.target instanceof HTMLInputElement && !event.target.disabled) picker.click();
  });
  picker.addEventListener("change", () => takeFile(picker.files?.[0]));
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    takeFile(event.dataTransfer?.files[0]);
  });
  showOptions();
}
