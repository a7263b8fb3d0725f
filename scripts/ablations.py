"""Train a small network again and again, with one thing changed each time, and print what each change gave.

    python scripts/ablations.py photos-0.tar --eval dev/photos dev/mcmaster [--steps 500] [--only NAME ...]

Every run has the same length, seed and crops. Such runs are short: what takes long to learn looks worse than it is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.data import TrainingImage, load_images
from srec_engine.training.execution import Execution, keep_freed_memory
from srec_engine.training.trainer import Trainer
from srec_engine.training.validation import EvaluationImages

EVALUATED_SIDE = 256

BASELINE = TrainingConfiguration(
    network=NetworkConfiguration(features=32, blocks=1), crop=96, batch=6, warm_up=50, average=0.98, quantised_from=1.0
)


def _network(**changes: object) -> TrainingConfiguration:
    return replace(BASELINE, network=replace(BASELINE.network, **changes))  # type: ignore[arg-type]


VARIANTS: Mapping[str, TrainingConfiguration] = {
    "baseline": BASELINE,
    "remainders: 2 bits each": _network(learned_remainders=False),
    "remainders: products of channels": _network(remainder_products=True),
    "remainders: a block and products": _network(remainder_products=True, remainder_blocks=1),
    "no interval truncation": _network(truncation=False),
    "no linear predictor": _network(linear_kernel=0),
    "linear predictor 3×3": _network(linear_kernel=3),
    "3 scales": _network(scales=3, shared_scales=1),
    "5 scales, none shared": _network(shared_scales=1),
    "K = 3": _network(components=3),
    "K = 10": _network(components=10),
    "48 features": _network(features=48),
    "2 blocks": _network(blocks=2),
    "Adam instead of Muon": replace(BASELINE, optimiser="adam"),
    "crops softened, enlarged": replace(BASELINE, native_share=0.25, soft_share=0.4),
}


@dataclass(frozen=True, slots=True)
class Result:
    """One run.

    Attributes:
        bpsp: Of the middles of the evaluated images.
        parameters: Of the network.
        step_seconds: Processor seconds of a step.
    """

    bpsp: float
    parameters: int
    step_seconds: float


def run(configuration: TrainingConfiguration, images: list[TrainingImage], evaluation: EvaluationImages) -> Result:
    """Train and evaluate."""
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(configuration, images, Path(folder), execution=Execution(threads=0))
        began = time.process_time()
        while trainer.step < configuration.steps:
            trainer.train_step()
        seconds = (time.process_time() - began) / configuration.steps
        bpsp = trainer.evaluate(evaluation).bpsp
    return Result(bpsp, _parameters(configuration), seconds)


def _parameters(configuration: TrainingConfiguration) -> int:
    return sum(parameter.numel() for parameter in SuperResolutionNetwork(configuration.network).parameters())


def main() -> None:
    """Run every variant; print a Markdown table as it grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path, help="photographs to train on")
    parser.add_argument("--eval", nargs="+", type=Path, required=True, help="photographs to evaluate")
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--only", nargs="+", choices=list(VARIANTS), default=list(VARIANTS), metavar="NAME")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    images = list(load_images(arguments.data, BASELINE.crop))
    evaluation = EvaluationImages(load_images(arguments.eval, EVALUATED_SIDE), EVALUATED_SIDE)
    print("| change | bpsp | against the baseline | parameters | processor seconds a step |")
    print("|---|--:|--:|--:|--:|", flush=True)
    baseline: float | None = None
    for name in arguments.only:
        result = run(replace(VARIANTS[name], steps=arguments.steps), images, evaluation)
        baseline = result.bpsp if baseline is None else baseline
        change = 100 * (result.bpsp / baseline - 1)
        figures = f"{result.bpsp:.4f} | {change:+.2f} % | {result.parameters:,} | {result.step_seconds:.3f}"
        print(f"| {name} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
