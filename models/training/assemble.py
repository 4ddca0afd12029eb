"""Writes models/presenter/pack.json from the graphs, portraits, scores and stages that are there (docs/model-pack.md).

    python3 assemble.py [--partial]        --partial writes even while graphs or avatars are missing

Sizes are read from the graphs themselves; a graph's quantised twin is the file <graph>.int8.onnx; the names of the speaker state come from
speaker_state.json of the pack, from the speech encoder's metadata, or are all there can be; scores from scores.json; stages from stages.txt beside this file.
"""

import argparse
import datetime
import hashlib
import json
import sys
from pathlib import Path

import onnx

from common.motion import CHUNK, EMOTIONS, FRAME_RATE, MOTION, SAMPLE_RATE
from common.paths import PACK, TRAINING

GRAPHS = {"speechEncoder": "speech_encoder.onnx", "contextEncoder": "context_encoder.onnx",
          "identityEncoder": "identity_encoder.onnx", "frameDecoder": "frame_decoder.onnx"}
DIFFUSION_DECODER = "diffusion_decoder.onnx"
MEASURES, NEUTRAL = ("energy", "arousal", "valence"), "neutral"
WITHOUT_TWIN = "identityEncoder"   # runs once per avatar, where speed does not count
INITIAL_STATE = {"speechEncoder": {"state_mask": -10000}}
VERSION = "0.3.0"
LOOK_AHEAD = CHUNK


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def shapes(path):
    """{tensor name: dimensions}; a symbolic dimension is its name."""
    graph = onnx.load(str(path)).graph
    return {v.name: [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in (*graph.input, *graph.output)}


def entry(path):
    return {"file": path.name, "sha256": sha256(path)}


def speaker_state():
    """Names of the speech encoder's output speaker_state; none if it has none."""
    path = PACK / GRAPHS["speechEncoder"]
    if not path.exists() or "speaker_state" not in shapes(path):
        return []
    listed = PACK / "speaker_state.json"
    if listed.exists():
        return json.loads(listed.read_text())
    metadata = {p.key: p.value for p in onnx.load(str(path)).metadata_props}
    return metadata["speakerState"].split(",") if "speakerState" in metadata else [*MEASURES, NEUTRAL, *EMOTIONS]


def avatars():
    out = []
    for folder in sorted(p for p in (PACK / "avatars").glob("*") if (p / "portrait.png").exists()):
        facts = json.loads((folder / "avatar.json").read_text()) if (folder / "avatar.json").exists() else {}
        portrait = folder / "portrait.png"
        out.append({"name": folder.name, "portrait": portrait.relative_to(PACK).as_posix(), "sha256": sha256(portrait),
                    "displayName": facts.get("displayName", folder.name.capitalize()),
                    **{key: facts[key] for key in ("description",) if key in facts}})
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--partial", action="store_true")
    partial = p.parse_args().partial
    found = {key: PACK / name for key, name in GRAPHS.items() if (PACK / name).exists()}
    people = avatars()
    missing = [GRAPHS[k] for k in GRAPHS if k not in found] + ([] if people else ["avatars/"])
    if missing:
        print("missing:", ", ".join(missing), file=sys.stderr)
        if not partial:
            return 1
    tensors = {key: shapes(path) for key, path in found.items()}
    features = tensors["speechEncoder"]["features"]
    assert tensors["speechEncoder"]["pcm"][1] == CHUNK and tensors["contextEncoder"]["motion"][1] == len(MOTION)
    sizes = {"context": tensors["contextEncoder"]["context"][1], "noise": tensors["contextEncoder"]["noise_code"][1]}
    pack = {
        "format": 1, "name": PACK.name, "version": VERSION, "licence": "Apache-2.0",
        "description": "The default presenters: synthetic people who speak, listen and show emotion.",
        "audio": {"sampleRate": SAMPLE_RATE, "chunkSamples": CHUNK, "lookAheadSamples": LOOK_AHEAD,
                  "featuresPerChunk": features[1], "featureSize": features[2]},
    }
    if "identityEncoder" in tensors:
        _, _, height, width = tensors["identityEncoder"]["portrait"]
        pack["video"] = {"width": width, "height": height, "frameRate": FRAME_RATE}
        sizes["identity"] = tensors["identityEncoder"]["identity"][1]
    pack |= {"sizes": sizes, "emotions": EMOTIONS}
    if names := speaker_state():
        given = tensors["speechEncoder"]["speaker_state"][1]
        if len(names) != given:
            sys.exit(f"speech_encoder.onnx gives {given} numbers as speaker_state, but {len(names)} names are known: list them in speaker_state.json")
        pack["speakerState"] = names
    pack |= {"motion": MOTION, "graphs": {}, "avatars": people}
    for key, path in found.items():
        pack["graphs"][key] = entry(path)
        if key in INITIAL_STATE:
            pack["graphs"][key]["initialState"] = INITIAL_STATE[key]
        twin = path.with_suffix(".int8.onnx")
        if twin.exists() and key != WITHOUT_TWIN:
            pack["graphs"][key]["int8"] = entry(twin)
    if (PACK / DIFFUSION_DECODER).exists():
        pack["graphs"]["diffusionDecoder"] = entry(PACK / DIFFUSION_DECODER)
    stages = [line for line in (TRAINING / "stages.txt").read_text().splitlines() if line and not line.startswith("#")]
    pack["training"] = {"date": datetime.date.today().isoformat(), "stages": stages}
    scores = PACK / "scores.json"
    pack["scores"] = json.loads(scores.read_text()) if scores.exists() else {}
    (PACK / "pack.json").write_text(json.dumps(pack, indent=2) + "\n")
    print("wrote", Path("models", PACK.name, "pack.json"), "with", ", ".join(found), "and", len(people), "avatars")
    return 0


if __name__ == "__main__":
    sys.exit(main())
