// Draws frames with ONNX Runtime: node draw.js PACK_FOLDER GRAPH RGB INPUTS OUT
// RGB: the portrait, 512x512x3 bytes. INPUTS: per frame little-endian float32 motion 58, context 256, emotion 7, noise_code 10. OUT: I420 frames.
// Needs onnxruntime-node (ORT_MODULE=<folder> when node cannot find it).
const fs = require('fs');
const ort = require(process.env.ORT_MODULE || 'onnxruntime-node');
const [pack, graph, rgbFile, inputs, out] = process.argv.slice(2);
const SIZES = [['motion', 58], ['context', 256], ['emotion', 7], ['noise_code', 10]], ROW = 331, N = 512 * 512;
(async () => {
  const options = { intraOpNumThreads: 1 };
  const encoder = await ort.InferenceSession.create(pack + '/identity_encoder.onnx', options);
  const decoder = await ort.InferenceSession.create(pack + '/' + graph, options);
  const rgb = fs.readFileSync(rgbFile), planar = new Float32Array(3 * N), bytes = fs.readFileSync(inputs);
  for (let i = 0; i < N; i++) for (let c = 0; c < 3; c++) planar[c * N + i] = rgb[i * 3 + c] / 255;
  const skips = await encoder.run({ portrait: new ort.Tensor('float32', planar, [1, 3, 512, 512]) });
  const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const file = fs.openSync(out, 'w');
  for (let at = 0; at < numbers.length; at += ROW) {
    const feeds = { ...skips };
    let from = at;
    for (const [name, n] of SIZES) feeds[name] = new ort.Tensor('float32', numbers.slice(from, from += n), [1, n]);
    fs.writeSync(file, (await decoder.run(feeds)).frame.data);
  }
  fs.closeSync(file);
})();
