"""How a training run is set up: one frozen dataclass, saved with every checkpoint."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, get_args

from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration

__all__ = ["OPTIMISERS", "SCHEDULES", "TrainingConfiguration"]

Optimiser = Literal["adam", "adamw", "muon", "sgd", "rmsprop"]
Schedule = Literal["cosine", "steps"]
Sampling = Literal["pixels", "epochs"]
Flips = Literal["all", "horizontal"]

OPTIMISERS: tuple[str, ...] = get_args(Optimiser)
"""Names of the optimisers."""

SCHEDULES: tuple[str, ...] = get_args(Schedule)
"""Names of the learning rate's schedules."""

STEP_DECAY = 0.75
"""What the learning rate is multiplied with by the schedule "steps"; the original program's."""

_RANGES: dict[str, tuple[float, float]] = {
    "crop": (2, 4096),
    "batch": (1, 65536),
    "steps": (1, 1e9),
    "epochs": (0, 1e6),
    "epoch_steps": (0, 1e9),
    "decay_epochs": (1, 1e6),
    "learning_rate": (0, 10),
    "second_decay": (0, 1),
    "weight_decay": (0, 10),
    "warm_up": (0, 1e9),
    "clip": (1e-9, 1e9),
    "average": (0, 1),
    "quantised_from": (0, 1),
    "native_share": (0, 1),
    "reduced_share": (0, 1),
    "soft_share": (0, 1),
    "jpeg_share": (0, 1),
    "noise": (0, 32),
    "seed": (0, 2**63 - 1),
}


@dataclass(frozen=True, slots=True)
class TrainingConfiguration:
    """A training run.

    Attributes:
        network: Shape of the network.
        crop: Side of the square crops in pixels.
        batch: Crops per step.
        steps: Steps of the whole run.
        optimiser: "adam", "adamw", "sgd", "rmsprop", or "muon" for Muon on the convolutions of the residual stream and
            Adam on the rest.
        learning_rate: Peak of the learning rate.
        warm_up: Steps over which it rises from zero.
        clip: Largest norm of the gradient.
        average: Decay of the moving average of the weights, which is what gets evaluated and exported.
        quantised_from: Share of the run after which weights and activations are rounded (1: never).
        bfloat16: Whether convolutions run in bfloat16.
        native_share: Share of crops that imitate pictures at a camera's own resolution (see `augmentation`).
        seed: Of the weights and of the crops.
        schedule: "cosine" lets the learning rate fall to zero at the run's end, "steps" multiplies it by `STEP_DECAY`
            every `decay_epochs` epochs.
        epochs: Where not 0, the run's length; `steps` follows from it and from the number of images.
        decay_epochs: See `schedule`.
        epoch_steps: Steps of an epoch; 0 until the images are known (`for_images`) or where nothing asks for it.
        sampling: "pixels" draws images in proportion to their pixels, "epochs" every image once in each epoch.
        flips: "all" flips and transposes at random, "horizontal" only mirrors.
        reduced_share: Share of crops of large images that are scaled down, which removes the traces of JPEG.
        soft_share: Share of the other crops that imitate pictures from phones and the web (see `augmentation`).
        jpeg_share: Share of all crops that are compressed as JPEG at last, as most pictures of the web once were.
        noise: Largest standard deviation, in grey levels, of the mild noise added to crops.
        second_decay: Adam's decay of the squared gradients.
        weight_decay: Weight decay (decoupled from the gradient with "adamw" and "muon").
    """

    network: NetworkConfiguration = field(default_factory=NetworkConfiguration)
    crop: int = 128
    batch: int = 8
    steps: int = 4000
    optimiser: Optimiser = "muon"
    learning_rate: float = 2e-3
    warm_up: int = 100
    clip: float = 0.5
    average: float = 0.998
    quantised_from: float = 0.75
    bfloat16: bool = True
    native_share: float = 0.0
    seed: int = 1
    schedule: Schedule = "cosine"
    epochs: int = 0
    decay_epochs: int = 1
    epoch_steps: int = 0
    sampling: Sampling = "pixels"
    flips: Flips = "all"
    reduced_share: float = 0.0
    soft_share: float = 0.0
    jpeg_share: float = 0.0
    noise: float = 0.0
    second_decay: float = 0.99
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        """Reject what no run can have, with a message that names the setting."""
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ModelError(f"The training setting {name} must lie between {low:g} and {high:g}, not {value!r}.")
        if self.optimiser not in OPTIMISERS or self.schedule not in SCHEDULES:
            raise ModelError(f"There is no optimiser {self.optimiser!r} with a schedule {self.schedule!r}.")

    def for_images(self, count: int) -> TrainingConfiguration:
        """This run with its length in steps, for `count` training images."""
        if not self.epochs and self.schedule != "steps" and self.sampling != "epochs":
            return self
        epoch_steps = max(1, count // self.batch)
        return replace(self, epoch_steps=epoch_steps, steps=self.epochs * epoch_steps or self.steps)

    def learning_rate_at(self, step: int) -> float:
        """Learning rate of a step (the first is 0)."""
        warm = min(1.0, (step + 1) / self.warm_up) if self.warm_up else 1.0
        if self.schedule == "steps":
            decays = step // (self.decay_epochs * self.epoch_steps) if self.epoch_steps else 0
            return self.learning_rate * warm * STEP_DECAY**decays
        return self.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * min(1.0, step / self.steps)))

    def quantised_at(self, step: int) -> bool:
        """Whether a step trains the rounded network."""
        return self.quantised_from < 1 and step >= self.quantised_from * self.steps

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON and checkpoints."""
        return {**asdict(self), "network": self.network.to_dict()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainingConfiguration:
        """Build from what `to_dict` gave. Settings that a checkpoint is too old to know have their defaults.

        Raises:
            ModelError: When there are settings that this version does not know.
        """
        unknown = set(values) - {field.name for field in fields(cls)}
        if unknown or "network" not in values:
            odd = ", ".join(sorted(unknown)) or "no network"
            raise ModelError(
                f"The checkpoint's training configuration does not fit this version of the program ({odd})."
            )
        return cls(**{**values, "network": NetworkConfiguration.from_dict(values["network"])})
