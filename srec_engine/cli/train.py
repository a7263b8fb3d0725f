"""`srec train`: train a network, resume a run, export the integer model."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import torch

from srec_engine.cli.exit_codes import OK
from srec_engine.errors import ModelError
from srec_engine.model.configuration import NetworkConfiguration
from srec_engine.model.file import write_model
from srec_engine.model.integer_model import IntegerModel
from srec_engine.training.configuration import TrainingConfiguration
from srec_engine.training.data import load_images
from srec_engine.training.distributed import started_workers
from srec_engine.training.presets import PRESETS
from srec_engine.training.trainer import Trainer

__all__ = ["add_arguments", "run"]

_NETWORK_OPTIONS = ("features", "blocks", "components", "scales", "shared_scales")
_FRACTIONS = ("learning_rate", "clip", "average", "quantised_from", "native_share")
_TRAINING_OPTIONS = (
    "optimiser",
    "crop",
    "batch",
    "steps",
    "learning_rate",
    "warm_up",
    "clip",
    "average",
    "quantised_from",
    "native_share",
    "seed",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("data", nargs="+", type=Path, help="photographs: folders, files or .tar packs")
    parser.add_argument("--folder", type=Path, required=True, help="folder of the run (checkpoint, curve)")
    parser.add_argument("--preset", choices=sorted(PRESETS), default="photo", help="settings to begin with")
    for name in (*_NETWORK_OPTIONS, *_TRAINING_OPTIONS[1:]):
        kind = float if name in _FRACTIONS else int
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--optimiser", choices=["adam", "muon"], default=None, help="how steps are made")
    parser.add_argument("--threads", type=int, default=None, help="CPU threads of each process")
    parser.add_argument("--no-bfloat16", action="store_true", help="compute convolutions in float32")
    parser.add_argument("--from", dest="start", type=Path, metavar="CHECKPOINT", help="begin with these weights")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, … (default: cpu)")
    parser.add_argument("--max-minutes", type=float, default=None, help="stop then, with a checkpoint to resume from")
    parser.add_argument("--export", type=Path, metavar="MODEL", help="write the integer model when the run is finished")
    parser.add_argument("--name", default=None, help="name of the exported model (default: its file's)")
    parser.epilog = "Settings that a preset gives can be changed: " + ", ".join(
        f"--{name.replace('_', '-')}" for name in (*_NETWORK_OPTIONS, *_TRAINING_OPTIONS)
    )


def run(arguments: argparse.Namespace) -> int:
    """Train; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    configuration = _configuration(arguments)
    until = None if arguments.max_minutes is None else time.monotonic() + 60 * arguments.max_minutes
    if arguments.threads is not None:
        torch.set_num_threads(arguments.threads)
    images = load_images(arguments.data, configuration.crop)
    with started_workers() as workers:
        trainer = Trainer(configuration, images, arguments.folder, arguments.device, workers)
        _train(trainer, arguments.start, until)
    print(f"{trainer.step} of {configuration.steps} steps are done; the checkpoint is {trainer.checkpoint_path}.")
    if arguments.export is not None and workers.leads and trainer.step >= configuration.steps:
        write_model(_exported(trainer, arguments), arguments.export)
        print(f"The integer model is {arguments.export}.")
    return OK


def _train(trainer: Trainer, start: Path | None, until: float | None) -> None:
    """Resume or begin, and train until the end, the time limit or a SIGTERM."""
    if trainer.checkpoint_path.exists():
        trainer.resume()
    elif start is not None:
        trainer.start_from(start)

    def stop(_number: int, _frame: FrameType | None) -> None:
        trainer.stop()

    signal.signal(signal.SIGTERM, stop)
    trainer.run(until)


def _configuration(arguments: argparse.Namespace) -> TrainingConfiguration:
    """The preset with the options that were given."""
    preset = PRESETS[arguments.preset]
    network = replace(preset.network, **_given(arguments, _NETWORK_OPTIONS))
    changes = _given(arguments, _TRAINING_OPTIONS)
    if arguments.no_bfloat16:
        changes["bfloat16"] = False
    return replace(preset, network=network, **changes)


def _given(arguments: argparse.Namespace, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}


def _exported(trainer: Trainer, arguments: argparse.Namespace) -> IntegerModel:
    from srec_engine.integer.recipe import export_run  # not needed, and not there, where only training is wanted

    if trainer.configuration.network.layout == NetworkConfiguration.original().layout:
        raise ModelError("Networks of the original layout have no integer form yet; the checkpoint can be evaluated.")
    return export_run(trainer.checkpoint_path, arguments.name or arguments.export.stem)
