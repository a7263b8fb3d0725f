"""The training loop: a float phase, then a quantisation-aware one, resumable at every step."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from srec_engine.errors import ModelError, OutputError
from srec_engine.integer.export import restored
from srec_engine.model.file import MODEL_SUFFIX, read_model
from srec_engine.network.checkpoint import load_network
from srec_engine.network.growth import grown
from srec_engine.network.likelihood import image_bits
from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.training.checkpoint import cloned, fingerprint, read_run, save_checkpoint
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.crops import CropSampler
from srec_engine.training.curve import CurveFiles
from srec_engine.training.data import TrainingImage
from srec_engine.training.distributed import Workers
from srec_engine.training.evaluation import Evaluation
from srec_engine.training.execution import Execution, compiled, has_bfloat16, usable_device
from srec_engine.training.feeding import BatchFeeder, HeldImages
from srec_engine.training.optimiser import make_optimiser
from srec_engine.training.records import PendingSteps, Reporter
from srec_engine.training.validation import BestWeights, EvaluationImages

__all__ = ["BitsOfBatch", "Trainer"]


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

    Args:
        configuration: The run's; where it counts epochs, the images make steps of them.
        images: What is trained on.
        folder: For checkpoint, best weights and curves.
        device: "cpu", "cuda", "cuda:1", … One that has no bfloat16 computes in float32.
        workers: The processes that make the run together.
        execution: How the machine is used.
        evaluation: Images that are evaluated from time to time.
        reporters: Told what happens, besides the curves in the folder.

    Raises:
        ModelError: When the batch cannot be split over the processes, or the device cannot be used.

    Attributes:
        configuration: The run's, its length in steps known.
        network: The weights being trained.
        average: Moving average of the weights (a state dict).
        step: Steps done.
        best: The best evaluation so far, whose weights are in `best_path`.
    """

    def __init__(
        self,
        configuration: TrainingConfiguration,
        images: Sequence[TrainingImage],
        folder: Path,
        device: str = "cpu",
        workers: Workers = Workers(),
        *,
        execution: Execution | None = None,
        evaluation: EvaluationImages | None = None,
        reporters: Sequence[Reporter] = (),
    ) -> None:
        if configuration.batch % workers.count:
            raise ModelError(f"A batch of {configuration.batch} cannot be split evenly over {workers.count} processes.")
        self.configuration = configuration = configuration.for_images(len(images))
        self.folder = folder
        self.device = usable_device(device)
        self.workers = workers
        torch.manual_seed(configuration.seed)
        self.network = SuperResolutionNetwork(configuration.network)
        self.network.to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = make_optimiser(configuration, self.network)
        self.average = cloned(self.network.state_dict())
        self.step = 0
        self.best: BestWeights | None = None
        self._stopping = False
        self._images = fingerprint(images)
        self._execution = execution or Execution()
        self._feeder = self._make_feeder(images, self._execution)
        self._bits: nn.Module | None = None
        self._bfloat16 = configuration.bfloat16 and has_bfloat16(self.device)
        self._evaluation = evaluation
        self._evaluated_step = -1
        self._reporters = (CurveFiles(folder), *reporters)
        self._pending = PendingSteps(configuration.batch * configuration.crop**2)

    def _make_feeder(self, images: Sequence[TrainingImage], execution: Execution) -> BatchFeeder:
        mine = range(self.workers.rank, self.configuration.batch, self.workers.count)
        held = HeldImages.where_they_fit(images, self.device) if execution.hold_on_device else None
        sampler = CropSampler(images, self.configuration)
        return BatchFeeder(sampler, self.device, mine, execution.threads, held)

    @property
    def checkpoint_path(self) -> Path:
        """Where the run continues from."""
        return self.folder / "checkpoint.pt"

    @property
    def best_path(self) -> Path:
        """The averaged weights of the best evaluation; they load like a checkpoint, but a run cannot continue."""
        return self.folder / "best.pt"

    @property
    def quantised(self) -> bool:
        """Whether the weights have been trained rounded, and are therefore evaluated and exported so."""
        return self.step > 0 and self.configuration.quantised_at(self.step - 1)

    def save(self) -> None:
        """Write the checkpoint (the leading process only).

        Raises:
            OutputError: When it cannot be written; the old one is untouched.
        """
        if not self.workers.leads:
            return
        state = {
            **self._weights(),
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "best": None if self.best is None else self.best.to_dict(),
            "images": self._images,
        }
        save_checkpoint(self.checkpoint_path, state)

    def _weights(self) -> dict[str, Any]:
        """What evaluating and exporting need."""
        return {
            "training": self.configuration.to_dict(),
            "average": self.average,
            "step": self.step,
            "quantised": self.quantised,
        }

    def resume(self) -> None:
        """Continue from the folder's checkpoint.

        Raises:
            ModelError: When it belongs to a run with another configuration, or is damaged.
        """
        state = read_run(self.checkpoint_path, self.configuration, self._images)
        try:
            self.network.load_state_dict(state["network"])
            if "optimiser" in state:
                self.optimiser.load_state_dict(state["optimiser"])
        except (RuntimeError, ValueError, KeyError, TypeError) as error:
            reason = str(error).splitlines()[0]
            raise ModelError(f"{self.checkpoint_path} is damaged ({reason}). Choose another folder.") from error
        self.average = {name: tensor.to(self.device) for name, tensor in state["average"].items()}
        self.step = int(state["step"])
        best = state.get("best")
        self.best = None if best is None else BestWeights(**best)

    def start_from(self, checkpoint: Path) -> None:
        """Begin with the averaged weights of a checkpoint, or with a model file, instead of random weights.

        Raises:
            ModelError: When its network has another configuration, other than being smaller (see `growth`).
        """
        given = restored(read_model(checkpoint)) if checkpoint.suffix == MODEL_SUFFIX else load_network(checkpoint)
        if given.configuration != self.configuration.network:
            given = grown(given, self.configuration.network)
        self.network.load_state_dict(given.state_dict())
        self.average = cloned(self.network.state_dict())

    def stop(self) -> None:
        """Let `run` end after the step it is in, with a checkpoint. Safe from a signal handler."""
        self._stopping = True

    def run(self, until: float | None = None, save_every: int = 200, evaluate_every: int = 0) -> None:
        """Train until the last step, or until the clock (`time.monotonic`) passes `until`.

        Args:
            until: When to stop, with a checkpoint.
            save_every: Steps between checkpoints.
            evaluate_every: Steps between evaluations; 0 evaluates at the run's end only.

        Raises:
            OutputError: When the folder cannot be written to.
            SrecError: When the loss is no longer a number.
        """
        self._begin()
        try:
            while self.step < self.configuration.steps and not self._should_stop(until):
                rate = self.configuration.learning_rate_at(self.step)
                if self._pending.add(self.step + 1, rate, self.train_step()):
                    self._report()
                if evaluate_every and self.step % evaluate_every == 0:
                    self._evaluate_now()
                if self.step % save_every == 0:
                    self._report()
                    self.save()
            self._report()
            if self.step >= self.configuration.steps:
                self._evaluate_now()
            self.save()
        finally:
            self._feeder.close()
            for reporter in self._reporters if self.workers.leads else ():
                reporter.ended()

    def _begin(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"The folder {self.folder} cannot be made ({error}). Choose another.") from error
        for reporter in self._reporters if self.workers.leads else ():
            reporter.begun(self.step, self.configuration.steps)
        self._pending.begin()

    def _report(self) -> None:
        records = self._pending.collect()
        for reporter in self._reporters if self.workers.leads else ():
            reporter.trained(records)

    def _evaluate_now(self) -> None:
        """Evaluate, tell the reporters, and keep the weights if they are the best so far."""
        if self._evaluation is None or not self.workers.leads or self._evaluated_step == self.step:
            return
        self._report()
        evaluation = self.evaluate(self._evaluation)
        self._evaluated_step = self.step
        for reporter in self._reporters:
            reporter.evaluated(self.step, evaluation, self.quantised)
        candidate = BestWeights(evaluation.bpsp, self.step, self.quantised)
        if self.best is None or self.best.beaten_by(candidate):
            save_checkpoint(self.best_path, {**self._weights(), "best": candidate.to_dict()})
            self.best = candidate
        self._pending.begin()

    def evaluate(self, images: EvaluationImages) -> Evaluation:
        """Bits of images with the averaged weights, rounded where they have been trained so."""
        network = SuperResolutionNetwork(self.configuration.network).to(self.device)
        network.load_state_dict(self.average)
        network.set_quantised(self.quantised)
        return images.evaluate(network.eval())

    def _should_stop(self, until: float | None) -> bool:
        late = until is not None and time.monotonic() >= until
        return self.workers.any(self._stopping or late)

    def train_step(self) -> Tensor:
        """One step; returns the whole batch's bits (scales, 4), as `BitsOfBatch` gives them."""
        configuration = self.configuration
        for group in self.optimiser.param_groups:
            group["lr"] = configuration.learning_rate_at(self.step)
        self.network.set_quantised(configuration.quantised_at(self.step))
        images = self._feeder.batch(self.step).float()
        if self._bits is None:
            self._bits = self._prepared(images)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._bfloat16):
            bits: Tensor = self._bits(images)
        self.optimiser.zero_grad(set_to_none=True)
        (bits.sum() / images.numel()).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), configuration.clip)
        self.optimiser.step()
        self.step += 1
        self._update_average()
        # A copy: a compiled module may write its next result into the same memory.
        return self.workers.total(bits.detach().clone())

    def _prepared(self, images: Tensor) -> nn.Module:
        """What is called in each step: compiled where that is wanted, its gradients averaged over the processes."""
        module = BitsOfBatch(self.network)
        faster = compiled(module, images, self._execution.compile_mode, self._bfloat16)
        return self.workers.wrap(faster)

    def _update_average(self) -> None:
        decay = min(self.configuration.average, (1 + self.step) / (10 + self.step))
        weights = self.network.state_dict()
        with torch.no_grad():
            # All at once: a GPU would wait for a hundred small calls.
            torch._foreach_lerp_([self.average[name] for name in weights], list(weights.values()), 1 - decay)
