"""How a training run is set up: one frozen dataclass, saved with every checkpoint."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration

__all__ = ["TrainingConfiguration"]


@dataclass(frozen=True, slots=True)
class TrainingConfiguration:
    """A training run.

    Attributes:
        network: Shape of the network.
        crop: Side of the square crops in pixels.
        batch: Crops per step.
        steps: Steps of the whole run; the learning rate falls along a cosine to zero at its end.
        optimiser: "adam", or "muon" for Muon on the convolutions of the residual stream and Adam on the rest.
        learning_rate: Peak of the learning rate.
        warm_up: Steps over which it rises from zero.
        clip: Largest norm of the gradient.
        average: Decay of the moving average of the weights, which is what gets evaluated and exported.
        quantised_from: Share of the run after which weights and activations are rounded.
        bfloat16: Whether convolutions run in bfloat16.
        native_share: Share of crops that imitate pictures at a camera's own resolution (see `CropSampler`).
        seed: Of the weights and of the crops.
    """

    network: NetworkConfiguration = field(default_factory=NetworkConfiguration)
    crop: int = 128
    batch: int = 8
    steps: int = 4000
    optimiser: Literal["adam", "muon"] = "muon"
    learning_rate: float = 2e-3
    warm_up: int = 100
    clip: float = 0.5
    average: float = 0.998
    quantised_from: float = 0.75
    bfloat16: bool = True
    native_share: float = 0.0
    seed: int = 1

    def learning_rate_at(self, step: int) -> float:
        """Learning rate of a step (the first is 0)."""
        warm = min(1.0, (step + 1) / self.warm_up) if self.warm_up else 1.0
        return self.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * min(1.0, step / self.steps)))

    def quantised_at(self, step: int) -> bool:
        """Whether a step trains the rounded network."""
        return step >= self.quantised_from * self.steps

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON and checkpoints."""
        return {**asdict(self), "network": self.network.to_dict()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainingConfiguration:
        """Build from what `to_dict` gave."""
        if set(values) != {field.name for field in fields(cls)}:
            raise ModelError("The checkpoint's training configuration does not fit this version of the program.")
        return cls(**{**values, "network": NetworkConfiguration.from_dict(values["network"])})
