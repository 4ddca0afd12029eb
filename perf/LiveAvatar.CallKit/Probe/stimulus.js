// Sounds with exactly known times, on a track that can stand in for the microphone.
(() => {
  const VOWEL = { start: 3.97, seconds: 0.13 }; // of human.wav: the vowel of "have", full from the start

  class Stimulus {
    static async create() {
      const ctx = await window.probe.audioContext();
      const stimulus = new Stimulus();
      stimulus.ctx = ctx;
      stimulus.destination = new MediaStreamAudioDestinationNode(ctx, { channelCount: 1 });
      stimulus.track = stimulus.destination.stream.getAudioTracks()[0];
      // The vowel of "father": a pulse train at 120 Hz through its first three formants (Peterson and Barney 1952, men).
      const pulses = new OscillatorNode(ctx, { type: 'sawtooth', frequency: 120 });
      stimulus.gate = new GainNode(ctx, { gain: 0 });
      for (const [frequency, width, gain] of [[730, 90, 1], [1090, 110, 0.6], [2440, 170, 0.25]]) {
        pulses
          .connect(new BiquadFilterNode(ctx, { type: 'bandpass', frequency, Q: frequency / width }))
          .connect(new GainNode(ctx, { gain: gain * 2 }))
          .connect(stimulus.gate);
      }
      stimulus.gate.connect(stimulus.destination);
      pulses.start();
      return stimulus;
    }

    // Says a person's vowel out of silence; returns the moment the sound starts, in seconds of the audio context.
    async sayVowel(base64) {
      this.voice ??= await this.decode(base64);
      const start = this.ctx.currentTime + 0.01;
      const source = new AudioBufferSourceNode(this.ctx, { buffer: this.voice });
      const gate = new GainNode(this.ctx, { gain: 0 });
      const { gain } = gate;
      gain.setValueAtTime(0, start - 0.001);
      gain.linearRampToValueAtTime(1, start + 0.004);
      gain.setValueAtTime(1, start + VOWEL.seconds);
      gain.linearRampToValueAtTime(0, start + VOWEL.seconds + 0.02);
      source.connect(gate).connect(this.destination);
      source.start(start, VOWEL.start, VOWEL.seconds + 0.02);
      return start;
    }

    // Opens the gate for a while; returns the moment the sound starts, in seconds of the audio context.
    burst(milliseconds) {
      const start = this.ctx.currentTime + 0.01;
      const { gain } = this.gate;
      gain.setValueAtTime(0, start - 0.001);
      gain.linearRampToValueAtTime(0.7, start + 0.004);
      gain.setValueAtTime(0.7, start + milliseconds / 1000);
      gain.linearRampToValueAtTime(0, start + milliseconds / 1000 + 0.03);
      return start;
    }

    decode(base64) {
      return this.ctx.decodeAudioData(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer);
    }

    // Plays a recording, in a loop, into the track.
    async play(base64, loop) {
      const buffer = await this.decode(base64);
      this.player = new AudioBufferSourceNode(this.ctx, { buffer, loop });
      this.player.connect(this.destination);
      this.player.start();
      return buffer.duration;
    }
  }

  window.probe.Stimulus = Stimulus;
})();
