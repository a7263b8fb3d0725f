"""Train a small network again and again, with one thing changed each time, and print what each change gave.

    python scripts/ablations.py photos-0.tar --eval dev/photos dev/mcmaster [--steps 500] [--only NAME ...]

Every run has the same length, seed and crops. Such runs are short: what takes long to learn looks worse than it is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.network.layers import Convolution
from srec_engine.network.network import ResidualBlock, StepDecoder, SuperResolutionNetwork
from srec_engine.training.checkpoint import cloned
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.data import TrainingImage, load_images
from srec_engine.training.execution import Execution, keep_freed_memory
from srec_engine.training.optimiser import make_optimiser
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
    "a fifth of the crops from JPEG": replace(BASELINE, jpeg_share=0.2),
    "wider: dilated by 2": BASELINE,
    "wider: 7×7 by channel": BASELINE,
    "blocks of the steps: 2, 1, 0": BASELINE,
}


def _blocks(network: SuperResolutionNetwork) -> Iterator[ResidualBlock]:
    return (module for module in network.modules() if isinstance(module, ResidualBlock))


def _dilate(network: SuperResolutionNetwork) -> None:
    for block in _blocks(network):
        features = cast(Convolution, block.body[0]).in_channels
        block.body[0] = Convolution(features, features, 3, dilation=2)


def _look_wide(network: SuperResolutionNetwork) -> None:
    for block in _blocks(network):
        features = cast(Convolution, block.body[0]).in_channels
        wide = nn.Conv2d(features, features, 7, padding=3, groups=features)
        nn.init.dirac_(wide.weight, groups=features)
        block.body = nn.Sequential(wide, *block.body)


def _work_early(network: SuperResolutionNetwork) -> None:
    for decoder in network.scale_decoders():
        first, _, third = (cast(StepDecoder, step) for step in decoder.rgb_decs)
        first.body.append(ResidualBlock(network.configuration))
        third.body = nn.Sequential()


CHANGES: Mapping[str, Callable[[SuperResolutionNetwork], None]] = {
    "wider: dilated by 2": _dilate,
    "wider: 7×7 by channel": _look_wide,
    "blocks of the steps: 2, 1, 0": _work_early,
}
"""What no configuration says yet, done to a network before it is trained."""


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


def run(
    configuration: TrainingConfiguration,
    images: list[TrainingImage],
    evaluation: EvaluationImages,
    change: Callable[[SuperResolutionNetwork], None] | None = None,
) -> Result:
    """Train and evaluate a network, changed before that."""
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(configuration, images, Path(folder), execution=Execution(threads=0))
        network = trainer.network
        if change is not None:
            change(network)
            network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
            trainer.optimiser, trainer.average = make_optimiser(configuration, network), cloned(network.state_dict())
        began = time.process_time()
        while trainer.step < configuration.steps:
            trainer.train_step()
        seconds = (time.process_time() - began) / configuration.steps
        network.load_state_dict(trainer.average)
        bpsp = evaluation.evaluate(network.eval()).bpsp
    return Result(bpsp, sum(parameter.numel() for parameter in network.parameters()), seconds)


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
        result = run(replace(VARIANTS[name], steps=arguments.steps), images, evaluation, CHANGES.get(name))
        baseline = result.bpsp if baseline is None else baseline
        change = 100 * (result.bpsp / baseline - 1)
        figures = f"{result.bpsp:.4f} | {change:+.2f} % | {result.parameters:,} | {result.step_seconds:.3f}"
        print(f"| {name} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
