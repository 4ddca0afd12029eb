// Stands in for the server inside the page: fetch answers WHIP with a second peer connection, whose picture is a mouth that
// opens `delayMs` after the sound arrives. It proves the probe's way of calling and timing, not the product.
async ({ delayMs }) => {
  const ctx = await probe.audioContext();
  const level = new AnalyserNode(ctx, { fftSize: 512 });
  const samples = new Float32Array(512);
  const heard = []; // [time, loudness]

  const canvas = Object.assign(document.createElement('canvas'), { width: 512, height: 512 });
  const draw = canvas.getContext('2d');
  const picture = canvas.captureStream(0).getVideoTracks()[0];
  setInterval(() => {
    const now = performance.now();
    level.getFloatTimeDomainData(samples);
    heard.push([now, Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length)]);
    while (heard.length > 1 && heard[1][0] <= now - delayMs) heard.shift();
    const open = Math.min(1, heard[0][1] * 5);
    draw.fillStyle = '#c84';
    draw.fillRect(0, 0, 512, 512);
    draw.fillStyle = '#222';
    draw.beginPath();
    draw.ellipse(256, 266, 40, 0.5 + 30 * open, 0, 0, 2 * Math.PI);
    draw.fill();
    picture.requestFrame();
  }, 20);

  const peers = [];
  window.fetch = async (_, { method, body }) => {
    if (method !== 'POST') return new Response(null, { status: 200 });
    const pc = new RTCPeerConnection();
    peers.push(pc);
    pc.ontrack = ({ track }) => {
      const stream = new MediaStream([track]);
      const audio = new Audio();
      audio.srcObject = stream; // Chromium pulls a remote track only while an element plays it
      audio.play();
      peers.push(audio);
      ctx.createMediaStreamSource(stream).connect(level);
    };
    await pc.setRemoteDescription({ type: 'offer', sdp: body });
    const video = pc.getTransceivers().find((t) => t.receiver.track.kind === 'video');
    video.direction = 'sendonly';
    await video.sender.replaceTrack(picture);
    await pc.setLocalDescription(await pc.createAnswer());
    await new Promise((resolve) => {
      if (pc.iceGatheringState === 'complete') resolve();
      pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && resolve();
    });
    return new Response(pc.localDescription.sdp, { status: 201, headers: { Location: '/whip/loopback/token' } });
  };
  return true;
}
