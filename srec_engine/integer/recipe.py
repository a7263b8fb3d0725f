"""From a checkpoint to a model file's contents: our own training runs, and the original program's weights."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srec_engine.errors import ModelError
from srec_engine.integer.edsr_export import export_edsr
from srec_engine.integer.export import export
from srec_engine.integer.tables import distribution_tables
from srec_engine.model.integer_model import IntegerModel
from srec_engine.network.checkpoint import load_network, read_tensors
from srec_engine.network.network import SuperResolutionNetwork

__all__ = ["export_run", "import_network"]


def export_run(checkpoint: Path, name: str) -> IntegerModel:
    """The integer model of a training run's averaged weights.

    Raises:
        ModelError: When the file is no checkpoint of a run, or its network has no integer form.
    """
    state = read_tensors(checkpoint)
    if "training" not in state:
        raise ModelError(f"{checkpoint} is not a checkpoint of a training run of this program.")
    network = load_network(checkpoint)
    recipe = {"training": state["training"], "steps_done": int(state["step"])}
    return export(network, distribution_tables(network.configuration), name, recipe)


def import_network(
    network: SuperResolutionNetwork, checkpoint: Path, images: Sequence[NDArray[np.uint8]], name: str
) -> IntegerModel:
    """The integer model of a network of the original layout.

    Args:
        network: From `load_network(checkpoint)`.
        checkpoint: The file; its name and digest become part of the recipe.
        images: Photographs, uint8 (H, W, 3), that say how large activations become.
        name: What people will call the model.

    Raises:
        ModelError: When the network has another layout or cannot be exact in integers.
    """
    digest = hashlib.sha256(checkpoint.read_bytes()).hexdigest()
    recipe: dict[str, Any] = {"imported": checkpoint.name, "sha256": digest, "calibration_images": len(images)}
    return export_edsr(network, images, name, recipe)
