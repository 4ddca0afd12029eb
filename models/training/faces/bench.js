// Milliseconds per frame of the decoder on one thread: node bench.js PACK_FOLDER [RUNS] [GRAPH]
// GRAPH: frame_decoder.onnx (default) or frame_decoder.int8.onnx. With PROFILE=1 also the time per kind of node and the dearest nodes.
// Needs onnxruntime-node (ORT_MODULE=<folder> when node cannot find it).
const fs = require('fs'), os = require('os'), path = require('path');
const ort = require(process.env.ORT_MODULE || 'onnxruntime-node');
const [folder, runs, graph] = [process.argv[2], +(process.argv[3] || 60), process.argv[4] || 'frame_decoder.onnx'];
const options = { intraOpNumThreads: 1, interOpNumThreads: 1, executionProviders: ['cpu'],
                  extra: { session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' } } };
const floats = (n, f) => Float32Array.from({ length: n }, f);
const quantile = (a, p) => a.slice().sort((x, y) => x - y)[Math.floor(p * (a.length - 1))];

async function run(decoder, feeds, count) {
  const times = [], cpu = [];
  for (let i = 0; i < count; i++) {
    const c = process.cpuUsage(), t = process.hrtime.bigint();
    await decoder.run(feeds);
    times.push(Number(process.hrtime.bigint() - t) / 1e6);
    const d = process.cpuUsage(c);
    cpu.push((d.user + d.system) / 1e3);
  }
  const show = a => `min ${quantile(a, 0).toFixed(2)} p50 ${quantile(a, .5).toFixed(2)} p95 ${quantile(a, .95).toFixed(2)} ms`;
  console.log(`${graph}: ${show(times)}, cpu ${show(cpu)} (${count} frames)`);
}

function report(file) {
  const nodes = new Map();
  for (const e of JSON.parse(fs.readFileSync(file)))
    if (e.cat === 'Node' && e.name.endsWith('_kernel_time')) {
      const node = nodes.get(e.name) ?? { op: e.args.op_name, shape: JSON.stringify(e.args.output_type_shape), times: [] };
      node.times.push(e.dur / 1e3), nodes.set(e.name, node);
    }
  const rows = [...nodes].map(([name, n]) => ({ name: name.replace('_kernel_time', ''), ms: quantile(n.times, .5), ...n })).sort((a, b) => b.ms - a.ms);
  const ops = {};
  for (const r of rows) ops[r.op] = (ops[r.op] ?? 0) + r.ms;
  console.log(Object.entries(ops).sort((a, b) => b[1] - a[1]).map(([op, ms]) => `${op} ${ms.toFixed(2)}`).join(', '));
  for (const r of rows.slice(0, +(process.env.PROFILE_ROWS || 24))) console.log(r.ms.toFixed(3), r.op, r.name, r.shape);
}

(async () => {
  const encoder = await ort.InferenceSession.create(folder + '/identity_encoder.onnx', options);
  const load = more => ort.InferenceSession.create(folder + '/' + graph, { ...options, ...more });
  const decoder = await load({});
  const portrait = new ort.Tensor('float32', floats(3 * 512 * 512, (_, i) => (i % 512) / 512), [1, 3, 512, 512]);
  const feeds = await encoder.run({ portrait });
  for (const [name, n] of [['motion', 58], ['context', 256], ['emotion', 7], ['noise_code', 10]])
    feeds[name] = new ort.Tensor('float32', floats(n, () => Math.random() * .3), [1, n]);
  await run(decoder, feeds, runs);
  if (process.env.PROFILE) {
    const prefix = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'bench-')), 'profile');
    const profiled = await load({ enableProfiling: true, profileFilePrefix: prefix });
    for (let i = 0; i < 40; i++) await profiled.run(feeds);
    profiled.endProfiling();
    const dir = path.dirname(prefix);
    report(path.join(dir, fs.readdirSync(dir)[0])), fs.rmSync(dir, { recursive: true });
  }
})();
