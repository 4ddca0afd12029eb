// Runs a pack's graphs in ONNX Runtime: node check.js PACK VECTORS PORTRAITS LEAST_PSNR
// Voice graphs go call by call through the vectors torch made in one pass (1e-4, docs/model-pack.md); the decoder draws the face
// vectors (2 of 255: rounding to bytes on either side); int8 twins are held to their graphs.
const fs = require('fs'), zlib = require('zlib');
const ort = require(process.env.ORT_MODULE || 'onnxruntime-node');
const [folder, vectors, portraits, leastPsnr] = process.argv.slice(2);
const pack = JSON.parse(fs.readFileSync(`${folder}/pack.json`));
const TOLERANCE = 1e-4, ROUNDING = 2;
const failures = [];

function floats(file) {
  const bytes = fs.readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
const open = file => ort.InferenceSession.create(`${folder}/${file}`, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const expect = (holds, text) => { console.log((holds ? '' : 'NOT MET: ') + text); if (!holds) failures.push(text); };
const size = dims => dims.reduce((a, b) => a * b, 1);
const shapeOf = meta => meta.shape.map(d => (typeof d === 'number' ? d : 1));

// A graph with its states: call(inputs) -> outputs.
async function stream(entry, file) {
  const session = await open(file), state = {};
  for (const meta of session.inputMetadata.filter(m => m.name.startsWith('state_'))) {
    const dims = shapeOf(meta);
    state[meta.name] = new ort.Tensor('float32', new Float32Array(size(dims)).fill((entry.initialState || {})[meta.name] || 0), dims);
  }
  const shapes = Object.fromEntries(session.inputMetadata.map(m => [m.name, shapeOf(m)]));
  return async inputs => {
    const feeds = { ...state };
    for (const [name, values] of Object.entries(inputs)) feeds[name] = new ort.Tensor('float32', values, shapes[name]);
    const result = await session.run(feeds);
    for (const name of Object.keys(state)) state[name] = result['next_' + name];
    return result;
  };
}

async function voice() {
  const { speechEncoder, contextEncoder } = pack.graphs;
  const calls = floats(`${vectors}/pose_weight.bin`).length;
  const row = (file, n) => { const all = floats(`${vectors}/${file}.bin`), s = all.length / calls; return all.slice(n * s, (n + 1) * s); };
  const speech = await stream(speechEncoder, speechEncoder.file), context = await stream(contextEncoder, contextEncoder.file);
  const twins = [speechEncoder.int8 && await stream(speechEncoder, speechEncoder.int8.file),
                 contextEncoder.int8 && await stream(contextEncoder, contextEncoder.int8.file)];
  const worst = {}, moved = { error: 0, scale: 0 };
  for (let n = 0; n < calls; n++) {
    const given = Object.fromEntries(['emotion', 'pose', 'pose_weight', 'noise'].map(k => [k, row(k, n)]));
    const heard = await speech({ pcm: row('pcm', n) });
    const felt = await context({ features: heard.features.data, ...given });
    for (const [name, tensor] of Object.entries({ features: heard.features, speaker_state: heard.speaker_state, context: felt.context,
                                                  noise_code: felt.noise_code, motion: felt.motion }).filter(([, tensor]) => tensor))
      row(name, n).forEach((v, i) => { const d = Math.abs(v - tensor.data[i]); worst[name] = Math.max(worst[name] || 0, Number.isNaN(d) ? Infinity : d); });
    if (twins[0] || twins[1]) {
      const features = twins[0] ? (await twins[0]({ pcm: row('pcm', n) })).features.data : heard.features.data;
      const other = twins[1] ? await twins[1]({ features, ...given }) : await (twins.plain ||= await stream(contextEncoder, contextEncoder.file))({ features, ...given });
      other.motion.data.slice(0, 52).forEach((v, i) => { moved.error += (v - felt.motion.data[i]) ** 2; moved.scale += felt.motion.data[i] ** 2; });
    }
  }
  for (const [name, error] of Object.entries(worst)) expect(error <= TOLERANCE, `${name}: call by call against one pass in torch ${error.toExponential(1)} (at most ${TOLERANCE})`);
  if (moved.scale) console.log(`motion of int8 voice graphs: ${(100 * Math.sqrt(moved.error / moved.scale)).toFixed(2)} % of its size away from float32`);
}

async function faces() {
  const { identityEncoder, frameDecoder } = pack.graphs;
  const encoder = await open(identityEncoder.file), decoder = await open(frameDecoder.file);
  const twin = frameDecoder.int8 && await open(frameDecoder.int8.file);
  const shapes = Object.fromEntries(decoder.inputMetadata.map(m => [m.name, shapeOf(m)]));
  for (const { name } of pack.avatars) {
    const planes = floats(`${portraits}/${name}.rgb`);
    const portrait = encoder.inputMetadata.find(m => m.name === 'portrait');
    const feeds = { ...await encoder.run({ portrait: new ort.Tensor('float32', planes, shapeOf(portrait)) }) };
    const numbers = floats(`${vectors}/face_${name}.bin`);
    let at = 0;
    for (const key of ['motion', 'context', 'emotion', 'noise_code']) feeds[key] = new ort.Tensor('float32', numbers.slice(at, at += size(shapes[key])), shapes[key]);
    const wanted = zlib.gunzipSync(fs.readFileSync(`${vectors}/face_${name}.i420.gz`)), drawn = (await decoder.run(feeds)).frame.data;
    const worst = drawn.reduce((w, v, i) => Math.max(w, Math.abs(v - wanted[i])), 0);
    expect(wanted.length === drawn.length && worst <= ROUNDING, `${name}: drawn as torch draws it, worst byte ${worst} away (at most ${ROUNDING})`);
    if (!twin) continue;
    const other = (await twin.run(feeds)).frame.data, luma = wanted.length * 2 / 3;
    let square = 0;
    for (let i = 0; i < luma; i++) square += (other[i] - drawn[i]) ** 2;
    const psnr = 10 * Math.log10(255 ** 2 / Math.max(square / luma, 1e-9));
    expect(psnr >= +leastPsnr, `${name}: int8 against float32 ${psnr.toFixed(1)} dB of luma (at least ${leastPsnr})`);
  }
}

(async () => {
  await voice();
  await faces();
  if (failures.length) process.exit(1);
})().catch(error => { console.error(String(error && error.message || error)); process.exit(1); });
