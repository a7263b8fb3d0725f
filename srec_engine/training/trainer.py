"""The training loop: a float phase, then a quantisation-aware one, resumable at every step."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from srec_engine.errors import ModelError
from srec_engine.network.checkpoint import load_network, read_tensors
from srec_engine.network.likelihood import image_bits
from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.training.checkpoint import cloned, save_checkpoint
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.curve import Curve
from srec_engine.training.data import CropSampler
from srec_engine.training.distributed import Workers
from srec_engine.training.optimiser import MuonWithAdam

__all__ = ["BitsOfBatch", "Trainer"]

logger = logging.getLogger(__name__)


class BitsOfBatch(nn.Module):
    """The network as a function from images to bits, which is what gets trained."""

    def __init__(self, network: SuperResolutionNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Images (N, 3, H, W) to bits (scales, 4): remainders and pixels 1, 2, 3, coarse to fine, summed over N."""
        scales = image_bits(self.network, images)
        return torch.stack([torch.stack([scale.remainders.float(), *scale.pixels]) for scale in scales])


class Trainer:
    """One training run in a folder.

    Attributes:
        configuration: The run's.
        network: The weights being trained.
        average: Moving average of the weights (a state dict).
        step: Steps done.
    """

    def __init__(
        self,
        configuration: TrainingConfiguration,
        images: Sequence[NDArray[np.uint8]],
        folder: Path,
        device: str = "cpu",
        workers: Workers = Workers(),
    ) -> None:
        if configuration.batch % workers.count:
            raise ModelError(f"A batch of {configuration.batch} cannot be split evenly over {workers.count} processes.")
        self.configuration = configuration
        self.folder = folder
        self.device = torch.device(device)
        self.workers = workers
        torch.manual_seed(configuration.seed)
        self.network = SuperResolutionNetwork(configuration.network)
        self.network.to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = _optimiser(configuration, self.network)
        self.average = cloned(self.network.state_dict())
        self.step = 0
        self._stopping = False
        self._sampler = CropSampler(
            images, configuration.crop, configuration.batch, configuration.seed, configuration.native_share
        )
        self._bits = workers.wrap(BitsOfBatch(self.network))
        self._curve = Curve(folder / "curve.csv", configuration)

    @property
    def checkpoint_path(self) -> Path:
        """Where the run continues from."""
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        """Write the checkpoint (the leading process only)."""
        if not self.workers.leads:
            return
        state = {
            "training": self.configuration.to_dict(),
            "network": self.network.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "quantised": self.configuration.quantised_at(self.step),
        }
        save_checkpoint(self.checkpoint_path, state)

    def resume(self) -> None:
        """Continue from the folder's checkpoint.

        Raises:
            ModelError: When it belongs to a run with another configuration.
        """
        state = read_tensors(self.checkpoint_path)
        if state.get("training") != self.configuration.to_dict():
            raise ModelError(f"{self.checkpoint_path} belongs to a run with other settings. Choose another folder.")
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average = {name: tensor.to(self.device) for name, tensor in state["average"].items()}
        self.step = int(state["step"])

    def start_from(self, checkpoint: Path) -> None:
        """Begin with a checkpoint's averaged weights instead of random ones.

        Raises:
            ModelError: When its network has another configuration.
        """
        given = load_network(checkpoint)
        if given.configuration != self.configuration.network:
            raise ModelError(f"{checkpoint} holds a network of another shape. Choose the same preset and sizes.")
        self.network.load_state_dict(given.state_dict())
        self.average = cloned(self.network.state_dict())

    def stop(self) -> None:
        """Let `run` end after the step it is in, with a checkpoint. Safe from a signal handler."""
        self._stopping = True

    def run(self, until: float | None = None, save_every: int = 200) -> None:
        """Train until the last step, or until the clock (`time.monotonic`) passes `until`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        while self.step < self.configuration.steps and not self._should_stop(until):
            started = time.monotonic()
            bits = self.train_step()
            if self.workers.leads:
                self._curve.add(self.step, bits, time.monotonic() - started)
            if self.step % save_every == 0:
                self.save()
        self.save()

    def _should_stop(self, until: float | None) -> bool:
        late = until is not None and time.monotonic() >= until
        return self.workers.any(self._stopping or late)

    def train_step(self) -> Tensor:
        """One step; returns the whole batch's bits (scales, 4), as `BitsOfBatch` gives them."""
        configuration = self.configuration
        for group in self.optimiser.param_groups:
            group["lr"] = configuration.learning_rate_at(self.step)
        self.network.set_quantised(configuration.quantised_at(self.step))
        mine = range(self.workers.rank, configuration.batch, self.workers.count)
        images = self._sampler.batch(self.step, mine).to(self.device).float()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=configuration.bfloat16):
            bits: Tensor = self._bits(images)
        self.optimiser.zero_grad(set_to_none=True)
        (bits.sum() / images.numel()).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), configuration.clip)
        self.optimiser.step()
        self.step += 1
        self._update_average()
        return self.workers.total(bits.detach())

    def _update_average(self) -> None:
        decay = min(self.configuration.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, tensor in self.network.state_dict().items():
                self.average[name].lerp_(tensor, 1 - decay)


def _optimiser(configuration: TrainingConfiguration, network: nn.Module) -> torch.optim.Optimizer:
    if configuration.optimiser == "muon":
        return MuonWithAdam(network.parameters(), lr=configuration.learning_rate)
    return torch.optim.Adam(network.parameters(), lr=configuration.learning_rate, betas=(0.9, 0.99))
