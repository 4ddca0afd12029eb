// Compares ONNX Runtime with torch on the test vectors: node parity.js PACK_FOLDER VECTORS_FOLDER RAW_PORTRAITS_FOLDER
// RAW_PORTRAITS_FOLDER holds <avatar>.rgb, 512 x 512 x 3 bytes. Batches of 1 and of 2 must give the same frames.
const fs = require('fs'), zlib = require('zlib');
const ort = require(process.env.ORT_MODULE || 'onnxruntime-node');
const [pack, vectors, raw] = process.argv.slice(2);
(async () => {
  const encoder = await ort.InferenceSession.create(pack + '/identity_encoder.onnx', { intraOpNumThreads: 1 });
  const decoder = await ort.InferenceSession.create(pack + '/frame_decoder.onnx', { intraOpNumThreads: 1 });
  for (const file of fs.readdirSync(vectors).filter(f => /^face_.*\.bin$/.test(f))) {
    const name = file.slice(5, -4), bytes = fs.readFileSync(`${vectors}/${file}`), rgb = fs.readFileSync(`${raw}/${name}.rgb`);
    const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const expected = zlib.gunzipSync(fs.readFileSync(`${vectors}/face_${name}.i420.gz`));
    for (const batch of [1, 2]) {
      const n = 512 * 512, planar = new Float32Array(batch * 3 * n);
      for (let b = 0; b < batch; b++) for (let i = 0; i < n; i++) for (let c = 0; c < 3; c++) planar[(b * 3 + c) * n + i] = rgb[i * 3 + c] / 255;
      const feeds = { ...await encoder.run({ portrait: new ort.Tensor('float32', planar, [batch, 3, 512, 512]) }) };
      let at = 0;
      for (const [key, size] of [['motion', 58], ['context', 256], ['emotion', 7], ['noise_code', 10]]) {
        const one = numbers.slice(at, at += size), all = new Float32Array(batch * size);
        for (let b = 0; b < batch; b++) all.set(one, b * size);
        feeds[key] = new ort.Tensor('float32', all, [batch, size]);
      }
      const { frame } = await decoder.run(feeds);
      let worst = 0, off = 0;
      for (let b = 0; b < batch; b++) for (let i = 0; i < expected.length; i++) {
        const d = Math.abs(frame.data[b * expected.length + i] - expected[i]); worst = Math.max(worst, d); off += d > 0;
      }
      console.log(name, 'batch', batch, 'dims', frame.dims.join('x'), 'worst', worst, 'of 255, bytes that differ', (100 * off / frame.data.length).toFixed(3) + ' %');
    }
  }
})();
