"""The training loop: a float phase, then a quantisation-aware one, resumable at every step."""

from __future__ import annotations

import csv
import logging
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from srec_engine.errors import ModelError
from srec_engine.network.checkpoint import load_network, read_tensors
from srec_engine.network.likelihood import ScaleBits, image_bits
from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.training.checkpoint import cloned, save_checkpoint
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.data import CropSampler

__all__ = ["Trainer"]

logger = logging.getLogger(__name__)


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
    ) -> None:
        self.configuration = configuration
        self.folder = folder
        self.device = torch.device(device)
        torch.manual_seed(configuration.seed)
        self.network = SuperResolutionNetwork(configuration.network)
        self.network.to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=configuration.learning_rate, betas=(0.9, 0.99))
        self.average = cloned(self.network.state_dict())
        self.step = 0
        self._stopping = False
        self._sampler = CropSampler(images, configuration.crop, configuration.batch, configuration.seed)

    @property
    def checkpoint_path(self) -> Path:
        """Where the run continues from."""
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        """Write the checkpoint."""
        state = {
            "training": self.configuration.to_dict(),
            "network": self.network.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
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
            raise ModelError(
                f"{checkpoint} holds a network of another configuration. Choose the same preset and sizes."
            )
        self.network.load_state_dict(given.state_dict())
        self.average = cloned(self.network.state_dict())

    def stop(self) -> None:
        """Let `run` end after the step it is in, with a checkpoint. Safe from a signal handler."""
        self._stopping = True

    def run(self, until: float | None = None, save_every: int = 200) -> None:
        """Train until the last step, or until the clock (`time.monotonic`) passes `until`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        while self.step < self.configuration.steps and not self._stopping:
            if until is not None and time.monotonic() >= until:
                break
            started = time.monotonic()
            bits = self.train_step()
            self._log(bits, time.monotonic() - started)
            if self.step % save_every == 0:
                self.save()
        self.save()

    def train_step(self) -> list[ScaleBits]:
        """One step; returns the batch's bits, coarse to fine."""
        configuration = self.configuration
        for group in self.optimiser.param_groups:
            group["lr"] = configuration.learning_rate_at(self.step)
        self.network.set_quantised(configuration.quantised_at(self.step))
        images = self._sampler.batch(self.step).to(self.device).float()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=configuration.bfloat16):
            bits = image_bits(self.network, images)
        loss = torch.stack([scale.total for scale in bits]).sum() / images.numel()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), configuration.clip)
        self.optimiser.step()
        self.step += 1
        self._update_average()
        return bits

    def _update_average(self) -> None:
        decay = min(self.configuration.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, tensor in self.network.state_dict().items():
                self.average[name].lerp_(tensor, 1 - decay)

    def _log(self, bits: list[ScaleBits], seconds: float) -> None:
        configuration = self.configuration
        subpixels = 3 * configuration.batch * configuration.crop**2
        row: dict[str, float] = {"step": self.step, "seconds": round(seconds, 4)}
        row["bpsp"] = round(sum(scale.total.item() for scale in bits) / subpixels, 5)
        for scale in bits:
            row[f"scale{scale.scale}_remainders"] = round(scale.remainders.item() / subpixels, 5)
            for index, pixel in enumerate(scale.pixels, start=1):
                row[f"scale{scale.scale}_pixel{index}"] = round(pixel.item() / subpixels, 5)
        path = self.folder / "curve.csv"
        new = not path.exists()
        with path.open("a", newline="") as stream:
            writer = csv.DictWriter(stream, row)
            if new:
                writer.writeheader()
            writer.writerow(row)
        if self.step % 50 == 0:
            logger.info("step %d: %.4f bpsp, %.2f s", self.step, row["bpsp"], seconds)
