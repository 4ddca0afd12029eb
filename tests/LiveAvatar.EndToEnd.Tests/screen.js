// Watches the studio's picture: when frames came, and when a region of it changed by more than idling did.
window.screen_ = (() => {
  const size = 64;
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const frames = []; // the last 3 s: when each was presented, and its grey region
  let region = [0, 0, 1, 1];

  function read(video) {
    const [x, y, w, h] = region;
    context.drawImage(video, x * video.videoWidth, y * video.videoHeight, w * video.videoWidth, h * video.videoHeight, 0, 0, size, size);
    const { data } = context.getImageData(0, 0, size, size);
    const grey = new Float32Array(size * size);
    for (let i = 0; i < grey.length; i++) grey[i] = 0.3 * data[4 * i] + 0.59 * data[4 * i + 1] + 0.11 * data[4 * i + 2];
    return grey;
  }

  const difference = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;

  function next() {
    const video = liveAvatar.video;
    video.requestVideoFrameCallback((now) => {
      frames.push({ at: now, grey: read(video) });
      if (frames.length > 75) frames.shift();
      next();
    });
  }

  return {
    watch(where) {
      region = where;
      next();
    },
    /** Does something and waits until the region shows it; the time it took in ms, or null after 2 s. */
    async change(act, visible) {
      const before = frames.at(-1).grey;
      const idling = Math.max(...frames.slice(-15, -1).map((frame) => difference(before, frame.grey)));
      const acted = performance.now();
      act();
      while (performance.now() - acted < 2000) {
        const shown = frames.find((frame) => frame.at > acted && difference(before, frame.grey) > idling + visible);
        if (shown) return shown.at - acted;
        await new Promise((done) => setTimeout(done, 4));
      }
      return null;
    },
    longestGap: (since) => {
      const times = frames.map((frame) => frame.at).filter((at) => at > since);
      return Math.max(...times.slice(1).map((at, i) => at - times[i]));
    },
  };
})();
