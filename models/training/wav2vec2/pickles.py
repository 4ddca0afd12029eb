"""Reads pytorch_model.bin without running what is in it.

Both formats of torch.save: the zip archive (torch 1.6 and newer) and the older run of pickles. A pickle may name any
function to call; here it may name only those that build a tensor, and those are ours. `torch.load(weights_only=True)` would
not do: before torch 2.6 it can be led around its own check (CVE-2025-32434).
"""

import io
import pickle
import zipfile
from collections import OrderedDict

import numpy as np
import torch

from . import CheckpointError

STORAGES = {"DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "BFloat16Storage": "<u2", "LongStorage": "<i8",
            "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "i1", "ByteStorage": "u1", "BoolStorage": "u1"}
FLOATS = {"DoubleStorage", "FloatStorage", "HalfStorage", "BFloat16Storage"}
LEGACY_MAGIC = 0x1950a86a20f9469cfc6c


class Storage:
    """The numbers a tensor is cut from. The older format brings them after the pickle: `fill` comes last."""

    def __init__(self, kind):
        self.kind, self.numbers = kind, None

    def fill(self, data):
        numbers = np.frombuffer(data, STORAGES[self.kind])
        self.numbers = (numbers.astype(np.uint32) << 16).view(np.float32) if self.kind == "BFloat16Storage" else numbers


class Tensor:
    """Arguments of torch._utils._rebuild_tensor_v2, kept until the numbers are there."""

    def __init__(self, storage, offset, shape, strides, *_):
        self.storage, self.offset, self.shape, self.strides = storage, int(offset), tuple(shape), tuple(strides)

    def build(self, name):
        numbers = self.storage.numbers
        if 0 in self.shape:
            return torch.zeros(self.shape)
        last = self.offset + sum((n - 1) * s for n, s in zip(self.shape, self.strides))
        if min(self.shape + self.strides, default=0) < 0 or self.offset < 0 or last >= len(numbers):
            raise ValueError(name)  # it would reach outside its storage
        strides = [s * numbers.itemsize for s in self.strides]
        view = np.lib.stride_tricks.as_strided(numbers[self.offset:], self.shape, strides, writeable=False)
        return torch.from_numpy(view.astype(np.float32))


class Restricted(pickle.Unpickler):
    def __init__(self, file, storage_of):
        super().__init__(file)
        self.storage_of = storage_of

    def persistent_load(self, pid):
        tag, kind, key, _, count, *_ = pid
        if tag != "storage" or not isinstance(kind, Storage):
            raise pickle.UnpicklingError(f"a reference of the kind {tag!r}")
        return self.storage_of(kind.kind, str(key), int(count))

    def find_class(self, module, name):
        if module == "torch" and name in STORAGES:
            return Storage(name)
        if module == "torch._utils" and name == "_rebuild_tensor_v2":
            return Tensor
        if module == "torch._utils" and name == "_rebuild_parameter":
            return lambda data, *_: data
        if module == "collections" and name == "OrderedDict":
            return OrderedDict
        raise pickle.UnpicklingError(f"{module}.{name}")


def read(path):
    """{name: float32 tensor} of pytorch_model.bin; objects that are no tensors are left out."""
    try:
        found = read_zip(path) if zipfile.is_zipfile(path) else read_legacy(path)
        return {str(k): v.build(k) for k, v in found.items() if isinstance(v, Tensor) and v.storage.kind in FLOATS}
    except pickle.UnpicklingError as error:
        raise CheckpointError(f"{path.name} asks for more than tensors ({error}) and was not run: use a checkpoint with model.safetensors.") from None
    except (zipfile.BadZipFile, EOFError, KeyError, ValueError, TypeError, AttributeError, IndexError):
        raise CheckpointError(f"{path.name} is cut off or is no file of torch.save: download it again.") from None


def read_zip(path):
    with zipfile.ZipFile(path) as archive:
        pickled = next((n for n in archive.namelist() if n.endswith("/data.pkl")), None)
        if pickled is None:
            raise ValueError("no data.pkl")
        storages, folder = {}, pickled[:-len("data.pkl")]

        def storage_of(kind, key, _):
            if key not in storages:
                storages[key] = Storage(kind)
                storages[key].fill(archive.read(f"{folder}data/{key}"))
            return storages[key]

        return Restricted(io.BytesIO(archive.read(pickled)), storage_of).load()


def read_legacy(path):
    with open(path, "rb") as file:
        storages = {}

        def storage_of(kind, key, count):
            return storages.setdefault(key, Storage(kind))

        magic, _, _, found = (Restricted(file, storage_of).load() for _ in range(4))
        if magic != LEGACY_MAGIC:
            raise ValueError("magic")
        for key in Restricted(file, storage_of).load():
            storage = storages[str(key)]
            size = int.from_bytes(file.read(8), "little") * np.dtype(STORAGES[storage.kind]).itemsize
            data = file.read(size)
            if len(data) < size:
                raise EOFError
            storage.fill(data)
        return found
