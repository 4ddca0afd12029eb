"""Where training computes: on the first CUDA device where torch has one, else on the CPU."""

import torch

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
LARGE = DEVICE.type == "cuda"  # batches fill a GPU, and sound is spoiled on it


def put(array):
    """A numpy array as a tensor on DEVICE, without waiting for what is queued there."""
    return torch.from_numpy(array).to(DEVICE, non_blocking=True)
