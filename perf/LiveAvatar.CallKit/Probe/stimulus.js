// Sounds with exactly known times, on a track that can stand in for the microphone.
(() => {
  const VOWEL = { start: 3.97, seconds: 0.13 }; // of human.wav: the vowel of "have", full from the start

  class Stimulus {
    // voice: a WAV file in base64 that has a vowel at VOWEL.
    static async create(voice) {
      const ctx = await window.probe.audioContext();
      const stimulus = new Stimulus();
      stimulus.ctx = ctx;
      stimulus.destination = new MediaStreamAudioDestinationNode(ctx, { channelCount: 1 });
      stimulus.track = stimulus.destination.stream.getAudioTracks()[0];
      stimulus.voice = await ctx.decodeAudioData(Uint8Array.from(atob(voice), (c) => c.charCodeAt(0)).buffer);
      return stimulus;
    }

    // Says the vowel out of silence; returns the moment the sound starts, in seconds of the audio context. It is a person's: a buzzer is
    // not a voice, and a presenter may well keep its mouth shut.
    burst() {
      const start = this.ctx.currentTime + 0.01;
      const source = new AudioBufferSourceNode(this.ctx, { buffer: this.voice });
      const gate = new GainNode(this.ctx, { gain: 0 });
      gate.gain.setValueAtTime(0, start - 0.001);
      gate.gain.linearRampToValueAtTime(1, start + 0.004);
      gate.gain.setValueAtTime(1, start + VOWEL.seconds);
      gate.gain.linearRampToValueAtTime(0, start + VOWEL.seconds + 0.02);
      source.connect(gate).connect(this.destination);
      source.start(start, VOWEL.start, VOWEL.seconds + 0.02);
      return start;
    }

    // Plays the whole voice, in a loop.
    play() {
      const player = new AudioBufferSourceNode(this.ctx, { buffer: this.voice, loop: true });
      player.connect(this.destination);
      player.start();
    }
  }

  window.probe.Stimulus = Stimulus;
})();
