"""The stages in their order: what each runs, what it needs and what it costs. This table is the one place that says so."""

from .packages import BLENDER, RENDERER, SOUND, SYNTHESIZERS
from .stage import Stage, Step

STAGES = (
    Stage("corpus", "synthetic speech with exact phone times, real speech, test sets", (
        Step("speech", ("-m", "speech.corpus"), "espeak-ng, festival and flite, each also through Opus; sentences and voices held out", 35,
             needs=SOUND + SYNTHESIZERS, data=("data/speech", "data/noise")),
    )),
    Stage("speech", "the streaming Wav2Vec2", (
        Step("mel", ("-m", "speech.train", "mel"), "transformer on log-mel", 11, 11),
        Step("align", ("-m", "speech.align"), "phone times of the real speech, by that model", 3),
        Step("distil", ("-m", "speech.train", "distil"), "the convolutions learn the log-mel", 9, 9),
        Step("joint", ("-m", "speech.train", "joint"), "both together, on the waveform", 45, 45),
    )),
    Stage("render", "pictures of the presenters with known motion", (
        Step("frames", ("faces/data.py", "{work}/faces/frames", "0", "6"), "pictures of every presenter", 60,
             needs=RENDERER + BLENDER, data=("assets/makehuman",)),
    )),
    Stage("motion", "context encoder: voice to motion", (
        Step("idle", ("-m", "speech.train_context", "idle"), "noise generator and upper face", 15, 15),
        Step("features", ("-m", "speech.train_context", "features"), "features of spoiled crops", 10),
        Step("voice", ("-m", "speech.train_context", "voice"), "context and mouth on those features", 30, 30),
    )),
    Stage("decoder", "identity encoder and frame decoder", (
        Step("train", ("faces/train.py", "{work}/faces/frames", "{work}/faces/run"), "drawing, with the critics", 45, 45),
    )),
    Stage("export", "the pack's graphs, portraits and pack.json", (
        Step("speech", ("-m", "speech.export"), "speech_encoder.onnx and context_encoder.onnx", 1),
        Step("faces", ("faces/publish.py",), "identity_encoder.onnx, frame_decoder.onnx, portraits", 1),
        Step("pack", ("assemble.py",), "pack.json", .1, smoke=()),
    )),
    Stage("check", "the pack against torch, int8 against fp32, and in the engine", (
        Step("graphs", ("-m", "cli.check", "graphs"), "streaming against torch, int8 against fp32, in ONNX Runtime", 1, smoke=()),
        Step("engine", ("-m", "cli.check", "engine"), "the server's loader and a rendered sentence", 1, smoke=()),
    )),
)
# Commands beside the stages.
TOOLS = {"export-wav2vec2": ("wav2vec2.export", "turns a Hugging Face wav2vec2 checkpoint into a speech encoder (wav2vec2/README.md)")}


def named(name):
    """The steps that a name means, as (stage, step) pairs: all, STAGE or STAGE.STEP; empty if there is none."""
    stage_name, _, step_name = name.partition(".")
    return [(stage, step) for stage in STAGES for step in stage.steps
            if name == "all" or (stage.name == stage_name and step_name in ("", step.name))]
