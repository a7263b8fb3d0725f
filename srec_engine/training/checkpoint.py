"""Checkpoints: everything a run needs to continue exactly, written so that a kill leaves the old one or the new one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from srec_engine.atomic import atomic_write
from srec_engine.errors import ModelError, OutputError
from srec_engine.network.checkpoint import read_tensors
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.data import TrainingImage

__all__ = ["cloned", "fingerprint", "read_run", "save_checkpoint", "save_without_optimiser"]

logger = logging.getLogger(__name__)

_NEEDED = {"training", "network", "average", "step"}


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write `state` (tensors and plain values) to `path`, atomically.

    Raises:
        OutputError: When it cannot be written; the old checkpoint is untouched.
    """
    try:
        with atomic_write(path) as stream:
            torch.save(state, stream)
    except (OutputError, RuntimeError) as error:
        raise OutputError(
            f"The checkpoint {path} could not be written ({error.__cause__ or error}). Free some space and resume."
        ) from error


def cloned(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Copies of a state dict's tensors."""
    return {name: tensor.detach().clone() for name, tensor in tensors.items()}


def fingerprint(images: Sequence[TrainingImage]) -> dict[str, int]:
    """Number and pixels of a run's images: enough to notice that a run is resumed with others."""
    return {"count": len(images), "pixels": sum(image.shape[1] * image.shape[2] for image in images)}


def read_run(path: Path, configuration: TrainingConfiguration, images: dict[str, int]) -> dict[str, Any]:
    """The state of a run that is to be continued.

    Args:
        path: Its checkpoint.
        configuration: What the run must have been set up with.
        images: Fingerprint of the images it goes on with; others than before are named in the log.

    Raises:
        ModelError: When the checkpoint is damaged, or belongs to a run with another configuration.
    """
    state = read_tensors(path)
    if not set(state) >= _NEEDED:
        raise ModelError(
            f"{path} is no checkpoint that a run could continue from. Use --from to begin with its weights."
        )
    before = TrainingConfiguration.from_dict(state["training"])
    if before != configuration:
        raise ModelError(
            f"{path} belongs to a run with other settings ({_differences(before, configuration)}). Give those, or "
            "choose another folder."
        )
    if state.get("images", images) != images:
        logger.warning("%s was trained on other images: the run goes on, but not exactly.", path)
    if "optimiser" not in state:
        logger.warning("%s has no optimiser: it begins afresh, so the run goes on, but not exactly.", path)
    return state


def _differences(before: TrainingConfiguration, now: TrainingConfiguration) -> str:
    """What a run has been set up with that is not wanted now: "batch 8, not 4; features 32, not 48"."""
    old, new = _flat(before), _flat(now)
    return "; ".join(f"{name} {value}, not {new[name]}" for name, value in old.items() if new[name] != value)


def _flat(configuration: TrainingConfiguration) -> dict[str, Any]:
    values = configuration.to_dict()
    network: dict[str, Any] = values.pop("network")
    return values | network


def save_without_optimiser(source: Path, destination: Path) -> None:
    """Copy a checkpoint without its largest part, for a way that is too narrow for it.

    Raises:
        ModelError: When `source` is no checkpoint.
        OutputError: When `destination` cannot be written.
    """
    state = read_tensors(source)
    state.pop("optimiser", None)
    save_checkpoint(destination, state)
