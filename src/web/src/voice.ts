// Where the driver's voice comes from: a microphone, or a recording that is played in a loop.

export type VoiceChoice = "microphone" | "english" | "german";

/** A voice cannot be had; the message says what to do. */
export class VoiceError extends Error {}

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

async function openSample(name: string, heard: boolean): Promise<Voice> {
  const context = new AudioContext({ latencyHint: "interactive", sampleRate: 48000 });
  try {
    const response = await fetch(`/voices/${name}.opus`);
    if (!response.ok) throw new VoiceError(`The sample voice is missing on the server (${response.status}).`);
    const buffer = await context.decodeAudioData(await response.arrayBuffer());
    await context.resume();
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    const output = context.createMediaStreamDestination();
    const speakers = new GainNode(context, { gain: heard ? 1 : 0 });
    source.connect(output);
    source.connect(speakers).connect(context.destination);
    const level = meter(context, source);
    source.start();
    const track = output.stream.getAudioTracks()[0];
    if (!track) throw new VoiceError("This browser cannot play the sample voice into a call.");
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
    throw error instanceof VoiceError ? error : new VoiceError("This browser cannot decode the sample voice. Use the microphone.");
  }
}

/** Opens the chosen voice. */
export function openVoice(choice: VoiceChoice, options: { clean: boolean; heard: boolean }): Promise<Voice> {
  return choice === "microphone" ? openMicrophone(options.clean) : openSample(choice, options.heard);
}
