// A mouth and a voice whose offset is known: a canvas that opens a dark ellipse with the loudness of a sound the same page
// plays, `lateMs` later than the sound. No network is in between, so what the recorders find is their own error.
async ({ seconds, lateMs }) => {
  const ctx = await probe.audioContext();
  const rate = ctx.sampleRate;
  // Syllables: pulses of 60 to 240 ms with pauses, from a fixed generator.
  let seed = 7;
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const envelope = new Float32Array(Math.ceil(seconds * 1000) + 1000);
  for (let at = 800; at < envelope.length; ) {
    const length = 60 + Math.floor(random() * 180);
    const height = 0.3 + 0.7 * random();
    for (let i = 0; i < length && at + i < envelope.length; i++) envelope[at + i] = height * Math.sin((Math.PI * i) / length);
    at += length + Math.floor(random() * (random() < 0.2 ? 600 : 120));
  }
  const buffer = new AudioBuffer({ length: Math.floor(seconds * rate), sampleRate: rate });
  const samples = buffer.getChannelData(0);
  for (let i = 0; i < samples.length; i++) samples[i] = 0.3 * (random() * 2 - 1) * envelope[Math.floor((i * 1000) / rate)] ** 2;

  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 512;
  document.body.append(canvas);
  const draw = canvas.getContext('2d');
  const video = Object.assign(document.createElement('video'), { autoplay: true, muted: true, width: 512, height: 512 });
  document.body.append(video);
  const stream = canvas.captureStream(0);
  video.srcObject = stream;

  const player = new AudioBufferSourceNode(ctx, { buffer });
  const loudness = await probe.SoundRecorder.start(player);
  const startsAt = ctx.currentTime + 0.3;
  player.start(startsAt);
  const picture = new probe.PictureRecorder({ video }, { x: 0.25, y: 0.25, width: 0.5, height: 0.5 });
  // The browser's own statement of when a sample leaves, independent of the recorder's clock readings. It includes the
  // output device's delay, which the recorder leaves out.
  const playedAt = () => {
    const stamp = ctx.getOutputTimestamp();
    return stamp.performanceTime + (startsAt - stamp.contextTime) * 1000 - ctx.outputLatency * 1000;
  };
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      const t = performance.now() - playedAt() - lateMs;
      const open = t >= 0 && t < envelope.length ? envelope[Math.floor(t)] : 0;
      draw.fillStyle = '#c84';
      draw.fillRect(0, 0, 512, 512);
      draw.fillStyle = '#222';
      draw.beginPath();
      draw.ellipse(256, 256, 90, 4 + 70 * open, 0, 0, 2 * Math.PI);
      draw.fill();
      stream.getVideoTracks()[0].requestFrame();
      if (t > seconds * 1000) { clearInterval(timer); resolve(); }
    }, 40);
  });
  return { picture: picture.stop(), sound: loudness.stop() };
}
