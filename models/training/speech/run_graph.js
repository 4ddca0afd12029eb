// Runs a speech encoder over raw float32 sound, call by call: node run_graph.js GRAPH.onnx PCM.f32 OUT.f32; prints milliseconds per call.
// OUT gets, per call, the features and then the speaker state. ORT_MODULE names onnxruntime-node's folder.
const fs = require('fs');
const ort = require(process.env.ORT_MODULE || 'onnxruntime-node');
const [graph, input, output] = process.argv.slice(2);
const CHUNK = 640, MASKED = -1e4;
const options = { intraOpNumThreads: 1, interOpNumThreads: 1, executionProviders: ['cpu'],
                  extra: { session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' } } };
(async () => {
  const session = await ort.InferenceSession.create(graph, options);
  const bytes = fs.readFileSync(input), pcm = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const feeds = {}, times = [], rows = [];
  for (const { name, shape } of session.inputMetadata)
    if (name.startsWith('state_')) {
      const sizes = [1, ...shape.slice(1)], n = sizes.reduce((a, b) => a * b, 1);
      feeds[name] = new ort.Tensor('float32', new Float32Array(n).fill(name === 'state_mask' ? MASKED : 0), sizes);
    }
  for (let at = 0; at + CHUNK <= pcm.length; at += CHUNK) {
    feeds.pcm = new ort.Tensor('float32', pcm.slice(at, at + CHUNK), [1, CHUNK]);
    const began = process.hrtime.bigint();
    const out = await session.run(feeds);
    times.push(Number(process.hrtime.bigint() - began) / 1e6);
    for (const name of Object.keys(feeds)) if (name !== 'pcm') feeds[name] = out['next_' + name];
    rows.push(out.features.data, out.speaker_state.data);
  }
  fs.writeFileSync(output, Buffer.concat(rows.map(r => Buffer.from(r.buffer, r.byteOffset, r.byteLength))));
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ calls: times.length, minMs: times[0], p50Ms: times[times.length >> 1], p95Ms: times[Math.floor(times.length * .95)] }));
})();
