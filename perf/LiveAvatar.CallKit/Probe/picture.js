// Keeps every frame a video element presents: its times, and how red the mouth region is, as a small picture.
(() => {
  const columns = 32;
  const rows = 24;

  class PictureRecorder {
    // region: {x, y, width, height} as fractions of the picture. picture, sound: the receivers, for the capture times that travelled
    // in the abs-capture-time extension.
    constructor({ video, picture, sound }, region) {
      this.picture = picture;
      this.sound = sound;
      this.video = video;
      this.region = region;
      this.frames = [];
      this.stopped = false;
      this.canvas = new OffscreenCanvas(columns, rows);
      this.context = this.canvas.getContext('2d', { willReadFrequently: true });
      this.context.imageSmoothingQuality = 'medium';
      this.next();
    }

    next() {
      this.video.requestVideoFrameCallback((now, metadata) => {
        if (this.stopped) return;
        this.next();
        this.frames.push([this.row(now, metadata), this.redness()]);
      });
    }

    row(now, m) {
      return [now, m.presentationTime, m.expectedDisplayTime, m.receiveTime ?? -1, m.captureTime ?? -1,
        m.rtpTimestamp ?? -1, m.presentedFrames, this.picture?.getSynchronizationSources()[0]?.captureTimestamp ?? -1, this.heardCaptureTime(m.presentationTime)];
    }

    // When the sound was captured that is played at a moment of the page's clock, in ms of the NTP era, or -1. The browser
    // tells it of the last packet it took from its jitter buffer to play.
    heardCaptureTime(moment) {
      const source = this.sound?.getSynchronizationSources()[0];
      return source?.captureTimestamp ? source.captureTimestamp + performance.timeOrigin + moment - source.timestamp : -1;
    }

    // Red less blue, 0…255: skin and lips are red; teeth, and the dark between the lips, are not.
    redness() {
      const { video, region } = this;
      const w = video.videoWidth;
      const h = video.videoHeight;
      this.context.drawImage(video, region.x * w, region.y * h, region.width * w, region.height * h, 0, 0, columns, rows);
      const rgba = this.context.getImageData(0, 0, columns, rows).data;
      let text = '';
      for (let i = 0; i < rgba.length; i += 4) {
        text += String.fromCharCode(Math.max(0, rgba[i] - rgba[i + 2]));
      }
      return btoa(text);
    }

    stop() {
      this.stopped = true;
      return { columns, rows, timeOrigin: performance.timeOrigin, frames: this.frames };
    }
  }

  window.probe.PictureRecorder = PictureRecorder;
})();
