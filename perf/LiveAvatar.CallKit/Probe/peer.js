// Connects this page to the server over WHIP (a driver) or WHEP (a viewer) and keeps the moments of the connection.
// Times are performance.now() in ms.
(() => {
  const captureTimeUri = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time';
  const peers = new Map();
  let nextPeer = 1;

  function preferCodec(transceiver, codec) {
    if (!codec) return;
    const all = RTCRtpReceiver.getCapabilities('video').codecs;
    const wanted = all.filter((c) => c.mimeType.toLowerCase() === `video/${codec.toLowerCase()}`);
    if (wanted.length === 0) throw new Error(`this browser cannot decode ${codec}`);
    transceiver.setCodecPreferences([...wanted, ...all.filter((c) => c.mimeType.toLowerCase() === 'video/rtx')]);
  }

  function negotiateCaptureTime(transceiver) {
    if (!transceiver.setHeaderExtensionsToNegotiate) return false;
    const extensions = transceiver.getHeaderExtensionsToNegotiate();
    const wanted = extensions.find((e) => e.uri === captureTimeUri);
    if (!wanted) return false;
    wanted.direction = 'sendrecv';
    transceiver.setHeaderExtensionsToNegotiate(extensions);
    return true;
  }

  function makeVideo() {
    const video = document.createElement('video');
    Object.assign(video, { autoplay: true, playsInline: true, muted: true, width: 512, height: 512 });
    document.body.append(video);
    return video;
  }

  function until(test, timeoutMs, what) {
    return new Promise((resolve, reject) => {
      const end = performance.now() + timeoutMs;
      const poll = () => {
        try {
          if (test()) return resolve();
        } catch (error) {
          return reject(error);
        }
        if (performance.now() > end) return reject(new Error(`timed out after ${timeoutMs} ms: ${what()}`));
        setTimeout(poll, 5);
      };
      poll();
    });
  }

  // What a browser promises for ever where it has no sound device.
  function within(promise, complaint) {
    const timeoutMs = 15000;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${complaint} (waited ${timeoutMs} ms)`)), timeoutMs);
      promise.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  async function post(endpoint, pc, editOffer, editAnswer, times) {
    await pc.setLocalDescription(await pc.createOffer());
    const offer = editOffer ? editOffer(pc.localDescription.sdp) : pc.localDescription.sdp;
    times.posted = performance.now();
    const response = await fetch(endpoint, { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: offer });
    const answer = await response.text();
    times.answered = performance.now();
    if (response.status !== 201) throw new Error(`${endpoint} answered ${response.status}: ${answer}`);
    await pc.setRemoteDescription({ type: 'answer', sdp: editAnswer ? editAnswer(answer) : answer });
    return { location: new URL(response.headers.get('Location'), location.href).href, answer };
  }

  // Opens a connection. track: the microphone (a driver) or null (a viewer). Does not wait for anything after the answer.
  async function open({ endpoint, track, codec, editOffer, editAnswer }) {
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    const peer = { id: nextPeer++, pc, track, times: {}, video: makeVideo(), sound: null, captureTime: false };
    peers.set(peer.id, peer);
    const audio = pc.addTransceiver(track ?? 'audio', { direction: track ? 'sendonly' : 'recvonly' });
    const video = pc.addTransceiver('video', { direction: 'recvonly' });
    preferCodec(video, codec);
    peer.captureTime = [audio, video].map(negotiateCaptureTime).every(Boolean);
    pc.onconnectionstatechange = () => {
      peer.times[pc.connectionState] ??= performance.now();
    };
    pc.ontrack = (event) => {
      if (event.track.kind === 'video') peer.video.srcObject = new MediaStream([event.track]);
      else peer.sound = new MediaStream([event.track]);
    };
    peer.video.requestVideoFrameCallback((now) => {
      peer.times.firstFrame ??= now;
    });
    Object.assign(peer, await post(endpoint, pc, editOffer, editAnswer, peer.times));
    return peer;
  }

  async function connect(options) {
    const peer = await open(options);
    const { pc, times } = peer;
    await until(() => {
      if (pc.connectionState === 'failed') throw new Error('connection failed');
      return pc.connectionState === 'connected';
    }, 15000, () => `connection ${pc.connectionState}, ice ${pc.iceConnectionState}`);
    await until(() => times.firstFrame !== undefined, 10000, () => 'no picture');
    return peer;
  }

  function describe(peer) {
    return {
      peer: peer.id, session: new URL(peer.location).pathname.split('/')[2], location: peer.location,
      times: peer.times, captureTime: peer.captureTime, state: peer.pc.connectionState,
    };
  }

  // What the browser counts of the "video" or "audio" it receives.
  async function inbound(id, kind) {
    for (const s of (await peers.get(id).pc.getStats()).values()) {
      if (s.type === 'inbound-rtp' && s.kind === kind) return { ...s, at: performance.now() };
    }
    return null;
  }

  // Plays a viewer's sound: Chromium takes none from its jitter buffer that nobody plays.
  async function listen(id) {
    const peer = peers.get(id);
    if (peer.audio) return;
    peer.audio = new Audio();
    peer.audio.srcObject = peer.sound;
    await within(peer.audio.play(), 'the voice does not begin to play');
  }

  async function close(id) {
    const peer = peers.get(id);
    const response = await fetch(peer.location, { method: 'DELETE' });
    peer.pc.close();
    peer.video.remove();
    return response.status;
  }

  // An offer without the playout-delay extension, as from a client that does not know it.
  const withoutPlayoutDelay = (sdp) => sdp.replace(/a=extmap:\d+ [^\r\n]*playout-delay\r\n/g, '');

  // An answer whose only candidate is a relay.
  const relayed = (address, port) => (sdp) => {
    const lines = sdp.split('\r\n');
    const first = lines.findIndex((line) => line.startsWith('a=candidate:'));
    const parts = lines[first].split(' ');
    [parts[4], parts[5]] = [address, port];
    return lines.filter((line, i) => i <= first || !line.startsWith('a=candidate:')).with(first, parts.join(' ')).join('\r\n');
  };

  window.probe = { withoutPlayoutDelay, relayed, peers, open, connect, describe, inbound, listen, close, until, within };
})();
