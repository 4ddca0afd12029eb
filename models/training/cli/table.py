"""The stages in their order: what each runs, what it needs and what it costs. This table is the one place that says so."""

from .packages import BLENDER, RENDERER, SOUND, SYNTHESIZERS
from .stage import Stage, Step

PRESENTERS = ("mara", "jonas", "nia", "kenji")
OTHERS = tuple(f"train{n}" for n in range(1, 9))  # people who teach the identity encoder and are not shipped
FEW = ("mara", "jonas")  # of the smoke mode
FRAMES, RUN = "{work}/faces/frames", "{work}/faces/run"
PUBLISH = ("faces/publish.py", RUN + "/sharp/last.pt", FRAMES, "{pack}", "{vectors}", "--articulation", "{work}/motion/articulation.pt")

STAGES = (
    Stage("corpus", "speech with exact phone times from synthesizers, test sets", (
        Step("speech", ("-m", "speech.corpus"), "espeak-ng, festival, flite, each also through Opus; whole voices held out", 45,
             needs=SOUND + SYNTHESIZERS, data=("data/speech", "data/noise")),
    )),
    Stage("speech", "the streaming Wav2Vec2", (
        Step("encoder", ("-m", "speech.stage"), "log-mel, alignment of the real speech, distillation, waveform, speaker state", 115, 75,
             needs=SOUND, data=("data/speech", "data/noise")),
    )),
    Stage("render", "pictures of people with known motion", (
        Step("light", ("faces/bake.py", *PRESENTERS, *OTHERS), "light on every vertex, by Blender's Cycles", 25,
             needs=RENDERER + BLENDER, data=("assets/makehuman",), smoke=False),
        Step("frames", ("faces/data.py", FRAMES, "0", "12", *PRESENTERS), "1,260 pictures of each presenter, a held-out sequence", 18,
             needs=RENDERER, data=("assets/makehuman",), small=("faces/data.py", FRAMES, "0", "2", *FEW, "--smoke")),
        Step("others", ("faces/data.py", FRAMES, "0", "2", *OTHERS), "210 pictures of each of eight other people", 6,
             needs=RENDERER, data=("assets/makehuman",), smoke=False),
        Step("marks", ("faces/marks.py", FRAMES, *PRESENTERS, *OTHERS), "where mouth and eyes are", .5,
             needs=RENDERER, data=("assets/makehuman",), small=("faces/marks.py", FRAMES, *FEW)),
    )),
    Stage("motion", "the context encoder: features, emotion and noise to motion", (
        Step("idle", ("-m", "motion.train", "idle"), "noise generator, upper face and head: what needs no voice", 40, 40),
        Step("sounds", ("-m", "motion.crops", "sounds"), "8 h of spoiled sound with its labels", 15, data=("data/noise",)),
        Step("features", ("-m", "motion.crops", "features"), "what the speech encoder hears in them", 6),
        Step("voice", ("-m", "motion.train", "voice"), "context, mouth and closures, with the adversary and swapped expressions", 25, 25),
        Step("limits", ("-m", "motion.calibrate"), "thresholds of closed lips and of silence, on validation voices", 3, small=("-m", "motion.calibrate")),
    )),
    Stage("decoder", "identity encoder and frame decoder", (
        Step("train", ("faces/decoder.py", "--frames", FRAMES, "--out", RUN), "L1 on pictures and flow, then with both discriminators", 62, 60),
    )),
    Stage("score", "numbers on people, voices and pictures that training never saw", (
        Step("motion", ("-m", "motion.score"), "lips, life, stillness, the swap test", 5, smoke=False),
        Step("faces", ("faces/score.py", RUN + "/sharp/last.pt", FRAMES, "{work}/faces/scores.json"), "pictures against held-out renders", 1, smoke=False),
        Step("gather", ("scores.py",), "what the stages scored, into the pack's scores.json", .1, small=("scores.py",)),
    )),
    Stage("export", "the graphs, portraits and pack.json", (
        Step("speech", ("-m", "speech.export", "--out", "{pack}", "--vectors"), "speech_encoder.onnx and its int8 twin", 1,
             small=("-m", "speech.export", "--out", "{pack}", "--vectors")),
        Step("visemes", ("-m", "quality.head"), "the encoder's phone classifier, for perf quality", .1, smoke=False),
        Step("motion", ("-m", "motion.export", "--out", "{pack}", "--vectors"), "context_encoder.onnx", 1,
             small=("-m", "motion.export", "--out", "{pack}", "--vectors")),
        Step("faces", PUBLISH, "identity_encoder.onnx, frame_decoder.onnx and its int8 twin, portraits", 2, small=(*PUBLISH, "--rows", "1")),
        Step("pack", ("assemble.py",), "pack.json", .1, small=("assemble.py",)),
    )),
    Stage("check", "the pack against torch, int8 against float32, and in the engine", (
        Step("graphs", ("-m", "cli.check", "graphs"), "in ONNX Runtime: call by call against torch, int8 against float32", 1,
             small=("-m", "cli.check", "graphs", "--least-psnr", "30")),
        Step("engine", ("-m", "cli.check", "engine"), "the server loads it and renders a sentence", 1, needs=SOUND,
             small=("-m", "cli.check", "engine")),
    )),
)
# Commands beside the stages.
TOOLS = {"export-wav2vec2": ("wav2vec2.export", "turns a Hugging Face wav2vec2 checkpoint into a speech encoder (wav2vec2/README.md)")}


def named(name):
    """The steps that a name means, as (stage, step) pairs: all, STAGE or STAGE.STEP; empty if there is none."""
    stage_name, _, step_name = name.partition(".")
    return [(stage, step) for stage in STAGES for step in stage.steps
            if name == "all" or (stage.name == stage_name and step_name in ("", step.name))]
