// Milliseconds per frame of the decoder on one thread: node bench.js PACK_FOLDER [RUNS]; needs onnxruntime-node.
const ort = require(process.env.ORT_MODULE || 'onnxruntime-node');
const [folder, runs] = [process.argv[2], +(process.argv[3] || 60)];
const options = { intraOpNumThreads: 1, interOpNumThreads: 1, executionProviders: ['cpu'], enableProfiling: !!process.env.PROFILE,
                  extra: { session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' } } };
const floats = (n, f) => Float32Array.from({ length: n }, f);
(async () => {
  const encoder = await ort.InferenceSession.create(folder + '/identity_encoder.onnx', options);
  const decoder = await ort.InferenceSession.create(folder + '/frame_decoder.onnx', options);
  const portrait = new ort.Tensor('float32', floats(3 * 512 * 512, (_, i) => (i % 512) / 512), [1, 3, 512, 512]);
  let t = process.hrtime.bigint();
  const maps = await encoder.run({ portrait });
  console.log('identity encoder', Number(process.hrtime.bigint() - t) / 1e6, 'ms');
  const feeds = { ...maps };
  for (const [name, n] of [['motion', 58], ['context', 256], ['emotion', 7], ['noise_code', 10]])
    feeds[name] = new ort.Tensor('float32', floats(n, () => Math.random() * .3), [1, n]);
  const times = [], cpu = [];
  for (let i = 0; i < runs; i++) {
    const c = process.cpuUsage(); t = process.hrtime.bigint();
    await decoder.run(feeds);
    times.push(Number(process.hrtime.bigint() - t) / 1e6); const d = process.cpuUsage(c); cpu.push((d.user + d.system) / 1e3);
  }
  const q = (a, p) => a.slice().sort((x, y) => x - y)[Math.floor(p * (a.length - 1))].toFixed(2);
  console.log(`frame decoder: min ${q(times, 0)} p50 ${q(times, .5)} ms, cpu min ${q(cpu, 0)} p50 ${q(cpu, .5)} ms`);
  if (process.env.PROFILE) { encoder.endProfiling && encoder.endProfiling(); decoder.endProfiling && decoder.endProfiling(); }
})();
