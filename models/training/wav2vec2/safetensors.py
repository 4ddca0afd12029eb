"""Reads .safetensors: an 8-byte little-endian length, that many bytes of JSON, then the numbers of all tensors.

The JSON maps a name to {"dtype", "shape", "data_offsets": [from, to]}, offsets counted from the end of the JSON.
Nothing in the file is executed, and every offset is checked before it is used.
"""

import json
import math

import numpy as np
import torch

from . import CheckpointError

FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
MAX_HEADER = 100_000_000  # bytes; what the format's own reader accepts


def read(path):
    """{name: float32 tensor} of the floating-point tensors in the file; other types (counters, masks) are left out."""
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(size - 8, MAX_HEADER):
            raise CheckpointError(f"{path.name} is cut off or is no safetensors file ({size} bytes): download it again.")
        try:
            header = json.loads(file.read(length))
            entries = {name: (e["dtype"], [int(n) for n in e["shape"]], *map(int, e["data_offsets"]))
                       for name, e in header.items() if name != "__metadata__"}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CheckpointError(f"{path.name} has a header that is not valid JSON of tensors: download it again.") from None
    # Mapped, not read: a large checkpoint is paged in tensor by tensor.
    data = np.memmap(path, np.uint8, "r") if size > 8 + length else np.zeros(8 + length, np.uint8)
    return {name: tensor(path, data[8 + length:], name, *entry) for name, entry in entries.items() if entry[0] in FLOATS}


def tensor(path, data, name, dtype, shape, begin, end):
    kind = np.dtype(FLOATS[dtype])
    if min(shape, default=0) < 0 or begin < 0 or end - begin != math.prod(shape) * kind.itemsize:
        raise CheckpointError(f"{path.name}: {name} has {end - begin} bytes, which do not fit its shape {shape}: download it again.")
    if end > len(data):
        raise CheckpointError(f"{path.name} is cut off inside {name} ({end - len(data)} bytes are missing): download it again.")
    numbers = np.frombuffer(data[begin:end].tobytes(), kind).reshape(shape)
    if dtype == "BF16":  # the upper half of a float32
        numbers = (numbers.astype(np.uint32) << 16).view(np.float32)
    return torch.from_numpy(numbers.astype(np.float32))
