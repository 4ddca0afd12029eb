"""Hugging Face wav2vec2 checkpoints turned into the pack's streaming speech encoder (README.md of this folder)."""


class CheckpointError(Exception):
    """A checkpoint that cannot be used: one sentence that names the file and says what to do."""
