"""The tensors of a checkpoint folder under the names our encoder uses, each held to its shape."""

import torch

from . import CheckpointError, pickles, safetensors

PREFIX = "wav2vec2."  # in front of every name when the checkpoint has a head (CTC, classification, pre-training)
POSITION = "encoder.pos_conv_embed.conv."
# The positional convolution is stored as weight = g · v / |v|, under the name of the torch version that wrote it.
NORMED = ((POSITION + "weight_g", POSITION + "weight_v"),
          (POSITION + "parametrizations.weight.original0", POSITION + "parametrizations.weight.original1"))


def read(folder):
    """{name: float32 tensor}; model.safetensors is preferred, for it is read without unpickling."""
    for name, reader in (("model.safetensors", safetensors.read), ("pytorch_model.bin", pickles.read)):
        if (folder / name).exists():
            found = reader(folder / name)
            return {k[len(PREFIX):] if k.startswith(PREFIX) else k: v for k, v in found.items()}
        if (folder / (name + ".index.json")).exists():
            raise CheckpointError(f"{folder / name}.index.json: a checkpoint in several files is more than one ONNX file can hold (2 GB): "
                                  "use a smaller one.")
    raise CheckpointError(f"{folder} has neither model.safetensors nor pytorch_model.bin: download the weights into it.")


def fold(found):
    """Replaces the two halves of the positional convolution's weight by the weight itself."""
    for g, v in NORMED:
        if g in found and v in found:
            length = found[v].square().sum((0, 1), keepdim=True).sqrt()
            if found[g].shape != length.shape:
                raise CheckpointError(f"the checkpoint's {g} has the shape {list(found[g].shape)}, but {list(length.shape)} is wanted: "
                                      "config.json and the weights do not belong together.")
            return {**found, POSITION + "weight": found[v] * (found[g] / length)}
    return found


def load(model, folder):
    """Fills the model. Tensors it has no use for (heads, quantiser, mask embedding, layers left out) are ignored."""
    found = fold(read(folder))
    state = {}
    for name, parameter in model.named_parameters():
        if name not in found:
            raise CheckpointError(f"{folder} has no tensor {name}: config.json and the weights do not belong together, or the file is no wav2vec2.")
        if found[name].shape != parameter.shape:
            raise CheckpointError(f"{folder}: {name} has the shape {list(found[name].shape)}, but config.json makes it {list(parameter.shape)}: "
                                  "they do not belong together.")
        if not torch.isfinite(found[name]).all():
            raise CheckpointError(f"{folder}: {name} holds numbers that are not finite: download it again.")
        state[name] = found[name]
    model.load_state_dict(state, strict=False)
    return model.eval()
