// Runs a speech encoder call by call: node stream.js GRAPH PCM BATCH FEATURES
// PCM holds BATCH recordings one after the other, FEATURES gets [BATCH, frames, size]; raw little-endian float32.
const fs = require('fs');
const ort = require(process.env.ORT_MODULE || 'onnxruntime-node');
const [graph, pcmFile, batchText, out] = process.argv.slice(2);
const chunk = 640, batch = +batchText;
(async () => {
  const session = await ort.InferenceSession.create(graph, { intraOpNumThreads: 1 });
  const bytes = fs.readFileSync(pcmFile);
  const pcm = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const length = pcm.length / batch, calls = length / chunk;
  const state = {};
  for (const { name, shape, type } of session.inputMetadata) {
    if (name === 'pcm') continue;
    const dims = shape.map(d => (typeof d === 'number' ? d : batch));
    const start = name === 'state_mask' ? -10000 : 0;
    state[name] = new ort.Tensor(type, new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(start), dims);
  }
  const rows = Array.from({ length: batch }, () => []);
  for (let n = 0; n < calls; n++) {
    const part = new Float32Array(batch * chunk);
    for (let b = 0; b < batch; b++) part.set(pcm.subarray(b * length + n * chunk, b * length + (n + 1) * chunk), b * chunk);
    const result = await session.run({ ...state, pcm: new ort.Tensor('float32', part, [batch, chunk]) });
    for (const name of Object.keys(state)) state[name] = result['next_' + name];
    const size = result.features.data.length / batch;
    for (let b = 0; b < batch; b++) rows[b].push(Buffer.from(result.features.data.slice(b * size, (b + 1) * size).buffer));
  }
  fs.writeFileSync(out, Buffer.concat(rows.flat()));
})().catch(error => { console.error(error); process.exit(1); });
