// A head with ARKit morph targets that does what a session's presenter does: 25 frames of coefficients a second, smoothed to the display's rate.

import { AmbientLight, Color, DirectionalLight, PerspectiveCamera, Scene, Timer, WebGLRenderer } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { watchMotion } from "./motion.js";

const SMOOTHING = 0.04; // seconds: one frame of the stream

const scene = new Scene();
scene.background = new Color(0x20262b);
const camera = new PerspectiveCamera(24, 1, 0.01, 10);
const renderer = new WebGLRenderer({ antialias: true });
document.body.append(renderer.domElement);
scene.add(new AmbientLight(0xffffff, 1.1));
for (const [x, y, z, strength] of [[0.6, 0.9, 1, 2.2], [-1, 0.4, 0.6, 0.9], [0, 0.8, -1, 1.2]]) {
  const light = new DirectionalLight(0xffffff, strength);
  light.position.set(x, y, z);
  scene.add(light);
}

const loader = new GLTFLoader();
const timer = new Timer();
let model = null; // { root, meshes, bone }
let names = [];
let wanted = null; // the newest frame
let shown = { coefficients: [], yaw: 0, pitch: 0, roll: 0 };

function use(gltf) {
  if (model) scene.remove(model.root);
  const meshes = [];
  gltf.scene.traverse((node) => node.morphTargetDictionary && meshes.push(node));
  model = { root: gltf.scene, meshes, bone: gltf.scene.getObjectByName("head") };
  scene.add(gltf.scene);
  if (meshes.length === 0) say("This file has no morph targets.");
  const eyes = model.bone?.getWorldPosition(camera.position.clone()) ?? camera.position.clone().set(0, 0, 0);
  camera.position.set(eyes.x, eyes.y + 0.08, eyes.z + 1.05);
  camera.lookAt(eyes.x, eyes.y + 0.07, eyes.z);
}

function draw() {
  timer.update();
  const share = 1 - Math.exp(-timer.getDelta() / SMOOTHING);
  if (wanted && model) {
    shown.coefficients = Array.from(wanted.coefficients, (value, i) => mix(shown.coefficients[i] ?? value, value, share));
    for (const axis of ["yaw", "pitch", "roll"]) shown[axis] = mix(shown[axis], wanted[axis], share);
    for (const mesh of model.meshes) {
      names.forEach((name, i) => {
        const place = mesh.morphTargetDictionary[name];
        if (place !== undefined) mesh.morphTargetInfluences[place] = shown.coefficients[i];
      });
    }
    // Positive: turned to the presenter's left, nodded down, tilted to the presenter's left. three.js: y up, z to the viewer.
    model.bone?.rotation.set(shown.pitch, shown.yaw, -shown.roll, "YXZ");
  }
  renderer.render(scene, camera);
}

const mix = (from, to, share) => from + share * (to - from);
const say = (text) => (document.querySelector("#state").textContent = text);

async function follow(session) {
  let frames = 0;
  say("Waiting for the first frame…");
  try {
    await watchMotion(session, (all) => (names = all), (frame) => {
      wanted = frame;
      if (++frames % 25 === 1) say(`Following ${session.slice(0, 8)}: ${frames} frames`);
    }, new URLSearchParams(location.search).get("key"));
    say("The session has ended.");
  } catch (error) {
    say(error.message);
  }
}

function fit() {
  camera.aspect = innerWidth / innerHeight;
  camera.updateProjectionMatrix();
  renderer.setPixelRatio(devicePixelRatio);
  renderer.setSize(innerWidth, innerHeight);
}

addEventListener("resize", fit);
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", async (event) => {
  event.preventDefault();
  const file = event.dataTransfer.files[0];
  if (file) loader.parse(await file.arrayBuffer(), "", use, () => say(`"${file.name}" is no .glb file.`));
});
document.querySelector("#join").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = document.querySelector("#session").value.trim();
  void follow(location.hash.slice(1));
});
fit();
renderer.setAnimationLoop(draw);
use(await loader.loadAsync(new URL("./head.glb", import.meta.url).href));
if (location.hash.length > 1) void follow(location.hash.slice(1));
