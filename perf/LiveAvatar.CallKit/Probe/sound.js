// Keeps the loudness of a stream, one value per 10 ms, on the page's clock.
(() => {
  const worklet = `
    class Loudness extends AudioWorkletProcessor {
      constructor() { super(); this.sum = 0; this.count = 0; this.values = []; this.start = 0; }
      process([[channel]]) {
        for (let i = 0; i < 128; i++) {
          if (this.count === 0 && this.values.length === 0) this.start = (currentFrame + i) / sampleRate;
          const sample = channel ? channel[i] : 0;
          this.sum += sample * sample;
          if (++this.count === sampleRate / 100) {
            this.values.push(Math.sqrt(this.sum / this.count));
            this.sum = 0; this.count = 0;
            if (this.values.length === 10) {
              this.port.postMessage({ start: this.start, values: this.values });
              this.values = [];
            }
          }
        }
        return true;
      }
    }
    registerProcessor('loudness', Loudness);`;

  let shared;
  async function context() {
    if (!shared) {
      shared = new AudioContext({ latencyHint: 'interactive', sampleRate: 48000 });
      const url = URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' }));
      await shared.audioWorklet.addModule(url);
      await window.probe.within(shared.resume(), 'the audio context does not run: this browser has no working sound device');
    }
    return shared;
  }

  class SoundRecorder {
    static async start(stream) {
      const ctx = await context();
      const recorder = new SoundRecorder();
      recorder.batches = [];
      recorder.clock = [];
      recorder.node = new AudioWorkletNode(ctx, 'loudness', { channelCount: 1, channelCountMode: 'explicit' });
      recorder.node.port.onmessage = (e) => recorder.batches.push(e.data);
      const silent = new GainNode(ctx, { gain: 0 });
      recorder.source = stream instanceof AudioNode ? stream : ctx.createMediaStreamSource(stream);
      recorder.source.connect(recorder.node).connect(silent).connect(ctx.destination);
      // The main thread's currentTime moves in steps of a render buffer: many readings, of which the reader takes the median.
      recorder.timer = setInterval(() => recorder.clock.push([ctx.currentTime, performance.now()]), 37);
      return recorder;
    }

    stop() {
      clearInterval(this.timer);
      this.source.disconnect(this.node);
      this.node.disconnect();
      return this.read();
    }

    // What was recorded so far; the recording goes on. Without the context's outputLatency, and nothing may ask for it (nor
    // for getOutputTimestamp(), which does): for that Firefox waits on its sound server while it holds a lock that the sound
    // thread needs to answer that server, and a page that asks at the wrong moment never runs again.
    read() {
      return { batches: this.batches, clock: this.clock, timeOrigin: performance.timeOrigin };
    }
  }

  Object.assign(window.probe, { SoundRecorder, audioContext: context });
})();
