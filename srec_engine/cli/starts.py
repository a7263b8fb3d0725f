"""`srec starts`: give a model what its streams begin with, learned from photographs."""

from __future__ import annotations

import argparse
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from srec_engine.atomic import atomic_write
from srec_engine.cli.arguments import whole_number
from srec_engine.cli.exit_codes import OK
from srec_engine.cli.model_files import add_existing_argument, model_destination, require_model_name
from srec_engine.model.file import model_bytes
from srec_engine.model.store import find_model
from srec_engine.options import CodecOptions, ExistingPolicy
from srec_engine.training.configuration import TrainingConfiguration

__all__ = ["add_arguments", "run"]

_SETTINGS = ("steps", "crop", "batch", "seed", "native_share", "soft_share", "jpeg_share")
"""Arguments that are settings of a training run, too, and mean the same."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("model", help="model file, or the name of an installed model")
    parser.add_argument("data", nargs="+", type=Path, help="photographs to learn from: folders, files or .tar packs")
    parser.add_argument("--export", type=Path, required=True, metavar="MODEL", help="the model file to write")
    add_existing_argument(parser)
    number = whole_number(1)
    parser.add_argument("--steps", type=number, default=600, metavar="N", help="batches to learn from (default: 600)")
    parser.add_argument("--crop", type=number, default=192, metavar="N", help="side of the crops (default: 192)")
    parser.add_argument("--batch", type=number, default=8, metavar="N", help="crops in a batch (default: 8)")
    parser.add_argument("--seed", type=whole_number(0), default=1, metavar="N", help="of the crops (default: 1)")
    for name, share, help_text in (
        ("native", 0.2, "crops enlarged, like a camera's pixels"),
        ("soft", 0.45, "the others enlarged, with soft colour and little noise"),
        ("jpeg", 0.3, "all crops compressed as JPEG at last"),
    ):
        parser.add_argument(
            f"--{name}-share", type=float, default=share, metavar="X", help=f"share of {help_text} (default: {share})"
        )
    parser.add_argument("--device", default="cpu", help="cpu, cuda, … (default: cpu)")
    parser.add_argument("--threads", type=number, metavar="N", help="processor threads")


def run(arguments: argparse.Namespace) -> int:
    """Learn, write the model; returns the exit code."""
    # Not needed to describe the arguments.
    from srec_engine.codec.admission import with_walks
    from srec_engine.training.crops import CropSampler
    from srec_engine.training.data import load_images
    from srec_engine.training.starting_states import StartingStateTrainer, share_at

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    require_model_name(arguments.export, "--export")
    destination = model_destination(arguments.export, arguments.existing)
    settings: dict[str, Any] = {name: getattr(arguments, name) for name in _SETTINGS}
    configuration = TrainingConfiguration(**settings)
    options = CodecOptions(device=arguments.device, threads=arguments.threads)
    trainer = StartingStateTrainer(find_model(arguments.model), options)
    sampler = CropSampler(load_images(arguments.data, configuration.crop), configuration)
    # Opened first: what took ten minutes to learn must not be lost to a folder that cannot be written to.
    with atomic_write(destination, replace=arguments.existing == ExistingPolicy.REPLACE) as file:
        for step in tqdm(range(configuration.steps), unit="batch", disable=None):
            crops = sampler.batch(step).permute(0, 2, 3, 1).contiguous().numpy()
            trainer.learn(list(crops), share_at(step, configuration.steps))
        recipe = {**trainer.model.recipe, "starts": settings}
        file.write(model_bytes(with_walks(replace(trainer.model, recipe=recipe, starts=trainer.stored()))))
    print(f"The model is {destination}.")
    return OK
