"""The arguments of `srec train`, with the original program's names beside ours, and the run they describe."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from srec_engine.cli.arguments import minutes, whole_number
from srec_engine.training.configuration import OPTIMISERS, SCHEDULES, TrainingConfiguration
from srec_engine.training.presets import PRESETS

__all__ = ["add_train_arguments", "configuration_from"]

_NETWORK_OPTIONS = (
    "features",
    "blocks",
    "components",
    "scales",
    "shared_scales",
    "remainder_blocks",
    "remainder_products",
)
_RUN_OPTIONS = (
    "crop", "batch", "steps", "epochs", "optimiser", "learning_rate", "schedule", "decay_epochs", "warm_up", "clip",
    "average", "quantised_from", "native_share", "reduced_share", "soft_share", "jpeg_share", "noise", "sampling",
    "flips", "second_decay", "weight_decay", "seed",
)  # fmt: skip


def add_train_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe all arguments."""
    _add_data(parser)
    _add_run(parser)
    _add_network(parser)
    _add_course(parser)
    _add_machine(parser)


def configuration_from(arguments: argparse.Namespace) -> TrainingConfiguration:
    """The preset with the options that were given.

    Raises:
        ModelError: When an option has a value that no run can have.
    """
    preset = PRESETS[arguments.preset]
    changes = _given(arguments, _RUN_OPTIONS)
    if "steps" in changes:
        changes.setdefault("epochs", 0)  # a preset's epochs would win over the steps that were asked for
    if arguments.no_bfloat16:
        changes["bfloat16"] = False
    return replace(preset, network=replace(preset.network, **_given(arguments, _NETWORK_OPTIONS)), **changes)


def _given(arguments: argparse.Namespace, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}


def _add_data(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("images")
    group.add_argument("data", nargs="*", type=Path, help="photographs to train on: folders, files or .tar packs")
    group.add_argument("--train-path", type=Path, metavar="DIR", help="folder of the images to train on")
    group.add_argument("--train-file", type=Path, metavar="LIST", help="their names below it, one on each line")
    group.add_argument("--eval-path", type=Path, metavar="DIR", help="folder (or pack, or file) for evaluations")
    group.add_argument("--eval-file", type=Path, metavar="LIST", help="names below it, one on each line")
    group.add_argument(
        "--eval-crop", type=whole_number(0), default=0, metavar="N",
        help="evaluate the middle N × N pixels only (default 0: all)",
    )  # fmt: skip


def _add_run(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the run (defaults: the preset's)")
    group.add_argument("--preset", choices=sorted(PRESETS), default="photo", help="settings to begin with")
    group.add_argument("--crop", type=int, metavar="N", help="side of the random crops in pixels")
    group.add_argument("--batch", type=int, metavar="N", help="crops in a step, over all processes")
    group.add_argument("--steps", type=int, metavar="N", help="length of the run in steps")
    group.add_argument("--epochs", type=int, metavar="N", help="length of the run in epochs")
    group.add_argument("--optimiser", "--gd", choices=OPTIMISERS, help="how steps are made")
    group.add_argument("--learning-rate", "--lr", type=float, metavar="X", help="peak of the learning rate")
    group.add_argument("--schedule", choices=SCHEDULES, help="cosine to zero, or × 0.75 every --decay-epochs")
    group.add_argument("--decay-epochs", "--lr-epochs", type=int, metavar="N", help="see --schedule")
    group.add_argument("--warm-up", type=int, metavar="N", help="steps over which the learning rate rises")
    group.add_argument("--clip", type=float, metavar="X", help="largest norm of the gradient")
    group.add_argument("--weight-decay", type=float, metavar="X", help="decay of the weights")
    group.add_argument("--second-decay", type=float, metavar="X", help="Adam's decay of squared gradients")
    group.add_argument("--average", type=float, metavar="X", help="decay of the moving average of the weights")
    group.add_argument(
        "--quantised-from", type=float, metavar="X", help="share after which weights are rounded (1: never)"
    )
    group.add_argument("--sampling", choices=["pixels", "epochs"], help="images by their size, or each once an epoch")
    group.add_argument("--flips", choices=["all", "horizontal"], help="how crops are turned at random")
    group.add_argument("--reduced-share", type=float, metavar="X", help="share of crops of large images scaled down")
    group.add_argument(
        "--native-share", type=float, metavar="X", help="share of crops enlarged, like a camera's pixels"
    )
    group.add_argument(
        "--soft-share", type=float, metavar="X", help="share of the others enlarged, with soft colour and little noise"
    )
    group.add_argument("--jpeg-share", type=float, metavar="X", help="share of all crops compressed as JPEG at last")
    group.add_argument("--noise", type=float, metavar="X", help="mild noise: largest deviation in grey levels")
    group.add_argument("--seed", type=int, metavar="N", help="of weights and crops")


def _add_network(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the network (defaults: the preset's)")
    group.add_argument("--features", "--n-feats", type=int, metavar="N", help="channels of the feature maps")
    group.add_argument("--blocks", "--resblocks", type=int, metavar="N", help="residual blocks in each step")
    group.add_argument("--components", "--k", "--K", type=int, metavar="N", help="logistics in a mixture")
    group.add_argument("--scales", "--scale", type=int, metavar="N", help="scales that the network codes")
    group.add_argument("--shared-scales", type=int, metavar="N", help="coarse scales with the same weights")
    group.add_argument("--remainder-blocks", type=int, metavar="N", help="residual blocks before the remainders")
    group.add_argument(
        "--remainder-products", action="store_true", default=None, help="let remainders' channels go together by pixel"
    )


def _add_course(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("course and results")
    group.add_argument(
        "--folder", "--plot", type=Path, required=True, metavar="DIR",
        help="folder of the run: checkpoint.pt, best.pt, curve.csv, evaluation.csv; a run that is there is continued",
    )  # fmt: skip
    group.add_argument(
        "--from",
        "--load",
        dest="start",
        type=Path,
        metavar="FILE",
        help="begin with these weights: a checkpoint or a model file",
    )
    group.add_argument("--max-minutes", type=minutes, metavar="X", help="stop then, with a checkpoint to resume from")
    group.add_argument(
        "--save-every", type=whole_number(1), default=200, metavar="N", help="steps between checkpoints (200)"
    )
    group.add_argument(
        "--eval-every", "--eval-iters", type=whole_number(0), default=0, metavar="N",
        help="steps between evaluations (default 0: after each epoch where epochs are counted, else every 500)",
    )  # fmt: skip
    group.add_argument("--tensorboard", action="store_true", help="write TensorBoard events into --folder as well")
    group.add_argument(
        "--plot-iters", type=whole_number(1), default=50, metavar="N", help="steps per point in TensorBoard (50)"
    )
    group.add_argument("--export", type=Path, metavar="MODEL", help="write the integer model when the run is finished")
    group.add_argument("--name", help="name of the exported model (default: its file's)")


def _add_machine(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the machine (another one may continue a run)")
    group.add_argument("--device", default="cpu", help="cpu, cuda, … (default: cpu)")
    group.add_argument("--threads", type=whole_number(1), metavar="N", help="CPU threads of each process")
    group.add_argument(
        "--workers", type=whole_number(0), default=1, metavar="N", help="threads that cut crops ahead (1; 0: none)"
    )
    group.add_argument("--no-bfloat16", action="store_true", help="compute convolutions in float32")
    group.add_argument(
        "--compile", nargs="?", const="default", default="", metavar="MODE",
        choices=["default", "reduce-overhead", "max-autotune"],
        help="use torch.compile (default, reduce-overhead, max-autotune); without a compiler the run goes on as it is",
    )  # fmt: skip
    group.add_argument("--no-device-data", action="store_true", help="do not hold the images in a GPU's memory")
