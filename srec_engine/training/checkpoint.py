"""Checkpoints: everything a run needs to continue exactly, written so that a kill leaves the old one or the new one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from srec_engine.errors import OutputError

__all__ = ["cloned", "save_checkpoint"]


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write `state` (tensors and plain values) to `path`, atomically.

    Raises:
        OutputError: When it cannot be written; the old checkpoint is untouched.
    """
    temporary = path.with_name(path.name + ".writing")
    try:
        with temporary.open("wb") as stream:
            torch.save(state, stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except (OSError, RuntimeError) as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(
            f"The checkpoint {path} could not be written ({error}). Free some space and resume."
        ) from error


def cloned(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Copies of a state dict's tensors."""
    return {name: tensor.detach().clone() for name, tensor in tensors.items()}
