"""What config.json says about a wav2vec2 checkpoint, held to what can be streamed."""

import json
import math
from dataclasses import dataclass

from . import CheckpointError

HOP = 320  # samples per feature: the product of all strides at 50 features per second


@dataclass(frozen=True)
class Layout:
    """Sizes and variants, named as in config.json; the defaults there are those of wav2vec2-base."""

    conv_dim: tuple
    conv_kernel: tuple
    conv_stride: tuple
    conv_bias: bool
    feat_extract_norm: str          # "group": over time, first convolution only (base); "layer": every convolution (large, xlsr)
    do_stable_layer_norm: bool      # normalise before attention and feed-forward (large, xlsr) or after (base)
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    num_conv_pos_embeddings: int
    num_conv_pos_embedding_groups: int
    layer_norm_eps: float
    do_normalize: bool              # of preprocessor_config.json: zero mean and unit variance of the waveform


DEFAULTS = {"conv_dim": [512] * 7, "conv_kernel": [10, 3, 3, 3, 3, 2, 2], "conv_stride": [5, 2, 2, 2, 2, 2, 2], "conv_bias": False,
            "feat_extract_norm": "group", "do_stable_layer_norm": False, "hidden_size": 768, "num_hidden_layers": 12,
            "num_attention_heads": 12, "intermediate_size": 3072, "num_conv_pos_embeddings": 128,
            "num_conv_pos_embedding_groups": 16, "layer_norm_eps": 1e-5}
FIXED = {"feat_extract_activation": "gelu", "hidden_act": "gelu", "add_adapter": False, "adapter_attn_dim": None,
         "conv_pos_batch_norm": False}


def read_json(path, what):
    try:
        found = json.loads(path.read_text())
        if not isinstance(found, dict):
            raise ValueError
        return found
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing: give the folder of {what}.") from None
    except (ValueError, UnicodeDecodeError):
        raise CheckpointError(f"{path} is not valid JSON: download it again.") from None


def read(folder):
    """Layout of the checkpoint in the folder, or a CheckpointError."""
    path = folder / "config.json"
    config = read_json(path, "a wav2vec2 checkpoint, with config.json and its weights")
    if config.get("model_type") != "wav2vec2":
        raise CheckpointError(f"{path}: model_type is {config.get('model_type')!r}, but only 'wav2vec2' checkpoints can be converted.")
    for key, wanted in FIXED.items():
        if config.get(key, wanted) != wanted:
            raise CheckpointError(f"{path}: {key} is {config[key]!r}, which is not supported: use a checkpoint with {wanted!r}.")
    values = {key: config.get(key, default) for key, default in DEFAULTS.items()}
    for key, default in DEFAULTS.items():
        value = values[key]
        kind = (int, float) if isinstance(default, float) else type(default)
        good = isinstance(value, kind) and (isinstance(value, bool) or not isinstance(value, (int, float)) or value > 0)
        if isinstance(default, list):
            good = good and all(isinstance(n, int) and n > 0 for n in value) and len(value) == len(values["conv_dim"]) > 0
            values[key] = tuple(value) if good else value
        if not good or isinstance(value, bool) != isinstance(default, bool):
            raise CheckpointError(f"{path}: {key} is {value!r}, which no wav2vec2 has: repair the file or download it again.")
    extractor, normalize = folder / "preprocessor_config.json", True
    if extractor.exists():
        found = read_json(extractor, "the checkpoint")
        normalize = bool(found.get("do_normalize", True))
        if found.get("sampling_rate", 16000) != 16000:
            raise CheckpointError(f"{extractor}: sampling_rate is {found['sampling_rate']}, but a pack's sound has 16000: use another checkpoint.")
    layout = Layout(**values, do_normalize=normalize)
    check(path, layout)
    return layout


def check(path, layout):
    def refuse(what):
        raise CheckpointError(f"{path}: {what}: use another checkpoint.")

    if math.prod(layout.conv_stride) != HOP:
        refuse(f"the strides make one feature of {math.prod(layout.conv_stride)} samples, but a pack has one of {HOP}")
    if any(k < s for k, s in zip(layout.conv_kernel, layout.conv_stride)):
        refuse("a convolution has a kernel shorter than its stride, which would skip sound")
    if layout.feat_extract_norm not in ("group", "layer"):
        refuse(f"feat_extract_norm is {layout.feat_extract_norm!r}, but 'group' or 'layer' is wanted")
    if layout.hidden_size % layout.num_attention_heads or layout.hidden_size % layout.num_conv_pos_embedding_groups:
        refuse("hidden_size is not a multiple of the attention heads and of the convolution groups")
