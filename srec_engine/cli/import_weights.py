"""`srec import-weights`: a checkpoint of the original program becomes an integer model that codes."""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from srec_engine.atomic import write_atomically
from srec_engine.cli.arguments import add_json_argument
from srec_engine.cli.exit_codes import OK
from srec_engine.cli.model_files import add_existing_argument, model_destination, require_model_name
from srec_engine.cli.pixels import middle, read_pixels
from srec_engine.cli.text import format_bytes
from srec_engine.errors import ModelError, SrecError
from srec_engine.files import FileKind, find_files, identify
from srec_engine.model.file import MODEL_SUFFIX, model_bytes
from srec_engine.model.integer_model import IntegerModel
from srec_engine.model.store import shipped_model_names, user_model_folder
from srec_engine.network.network import SuperResolutionNetwork
from srec_engine.options import ExistingPolicy
from srec_engine.resources import resource_path

__all__ = ["add_arguments", "run"]

SAMPLE = ("sample", "chelsea.png")
"""The photograph that ships with the program."""

CALIBRATION_IMAGES = 16
"""Most photographs that are calibrated with: the network walks sixteen variants of each."""

CALIBRATION_SIDE = 320
"""Of each photograph the middle is taken, at most this many pixels high and wide."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Bits per subpixel over all evaluated photographs.

    Attributes:
        images: How many they are.
        float_bpsp: Of the network as it was trained.
        truncated_bpsp: Of the same, when values that a block's sum rules out get no probability.
        integer_bpsp: Of the integer model.
    """

    images: int
    float_bpsp: float
    truncated_bpsp: float
    integer_bpsp: float

    @property
    def share(self) -> float:
        """What the integer model needs more than the float network, as a share of its bits."""
        return self.integer_bpsp / self.float_bpsp - 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("checkpoint", type=Path, metavar="FILE", help="weights of the original program (.pth)")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="MODEL",
        help=f"model file to write (default: NAME{MODEL_SUFFIX} in the folder of your own models, where it is found)",
    )  # fmt: skip
    parser.add_argument("--name", help="what the model is called (default: the checkpoint's name)")
    add_existing_argument(parser)
    parser.add_argument(
        "--calibrate", type=Path, nargs="+", default=[], metavar="PATH",
        help="photographs, or folders with them, that say how large the network's numbers become "
        f"(default: the sample photograph; {CALIBRATION_IMAGES} at most)",
    )  # fmt: skip
    parser.add_argument(
        "--evaluate", type=Path, nargs="+", default=[], metavar="PATH",
        help="photographs to compare float and integer bits on (default: the sample photograph)",
    )  # fmt: skip
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Import and report; returns the exit code."""
    from srec_engine.codec.admission import with_walks
    from srec_engine.integer.recipe import import_network
    from srec_engine.network.checkpoint import load_network

    name = arguments.name or arguments.checkpoint.stem
    network = load_network(arguments.checkpoint)
    destination = _destination(arguments, name)
    photographs = islice(_photographs(arguments.calibrate), CALIBRATION_IMAGES)
    calibration = [middle(pixels, CALIBRATION_SIDE) for pixels in photographs]
    _tell(f"Fitting integers to {_several(len(calibration))}: minutes for a large network …")
    model = with_walks(import_network(network, arguments.checkpoint, calibration, name))
    write_atomically(destination, model_bytes(model), replace=arguments.existing == ExistingPolicy.REPLACE)
    _tell(f"{destination} is written. Comparing bits …")
    loss = _loss(network, destination, _photographs(arguments.evaluate))
    if arguments.json:
        print(_as_json(model, destination, loss))
    else:
        print(_as_text(arguments.checkpoint, model, destination, loss))
    return OK


def _destination(arguments: argparse.Namespace, name: str) -> Path:
    """The file to write.

    Raises:
        FileExistsPolicyError: When it exists and is to stay.
        ModelError: When a model could not be found again under its name.
        argparse.ArgumentTypeError: When the name is none for a file.
    """
    if Path(name).name != name:
        raise argparse.ArgumentTypeError(f"--name {name!r} is not a plain name, such as openimages")
    if arguments.output is not None:
        require_model_name(arguments.output, "-o")
    elif name in shipped_model_names():
        raise ModelError(f"A model called {name!r} ships with the program. Choose another name (--name).")
    wanted = arguments.output or user_model_folder() / f"{name}{MODEL_SUFFIX}"
    return model_destination(wanted, arguments.existing)


def _photographs(paths: Sequence[Path]) -> Iterator[NDArray[np.uint8]]:
    """Pixels of what was named, uint8 (H, W, 3): files, pictures in folders, or the sample photograph.

    Raises:
        SrecError: When there is no picture, or a file that was named itself cannot be read.
    """
    if not paths:
        yield read_pixels(resource_path(*SAMPLE))
        return
    count = 0
    for path in find_files(paths):
        if path in paths or identify(path) is FileKind.IMAGE:
            count += 1
            yield read_pixels(path)
    if not count:
        raise SrecError(f"There is no picture in {', '.join(map(str, paths))}. Name photographs or folders with them.")


def _loss(network: SuperResolutionNetwork, model: Path, images: Iterator[NDArray[np.uint8]]) -> Loss:
    """Compare the bits of the float network with those of its integer model."""
    from srec_engine.training.evaluation import evaluate, total
    from srec_engine.training.integer_evaluation import IntegerEvaluator

    truncating = copy.copy(network)
    truncating.configuration = replace(network.configuration, truncation=True)
    evaluator = IntegerEvaluator(model, "cpu")
    evaluations = [
        (evaluate(network, image), evaluate(truncating, image), evaluator.evaluate(image)) for image in images
    ]
    float_bits, truncated_bits, integer_bits = (total(several).bpsp for several in zip(*evaluations, strict=True))
    return Loss(len(evaluations), float_bits, truncated_bits, integer_bits)


def _as_text(checkpoint: Path, model: IntegerModel, destination: Path, loss: Loss) -> str:
    configuration = model.configuration
    lines = [
        f"{checkpoint}: the original program's layout, {configuration.scales} scales, {configuration.features} "
        f"features, {configuration.blocks} residual blocks, K = {configuration.components}, "
        f"{_parameter_count(model):,} parameters",
        f"float network   {loss.float_bpsp:.4f} bpsp ({loss.truncated_bpsp:.4f} within the values that sums allow)",
        f"integer model   {loss.integer_bpsp:.4f} bpsp, {_difference(loss.share)} than the float network, "
        f"on {_several(loss.images)}",
        f"model           {model.name}, id {model.identity().hex()}",
        f"file            {destination} ({format_bytes(destination.stat().st_size)})",
    ]
    if destination.parent == user_model_folder():
        lines.append(f"use it          srec encode --model {destination.stem} PICTURES")
    else:
        lines.append(f"use it          srec encode --model {destination} PICTURES")
        lines.append(f"                to decode them, the model must be in {user_model_folder()}")
    return "\n".join(lines)


def _tell(message: str) -> None:
    """Say to a person what takes so long."""
    if sys.stderr.isatty():
        print(message, file=sys.stderr)


def _several(photographs: int) -> str:
    return "one photograph" if photographs == 1 else f"{photographs} photographs"


def _difference(share: float) -> str:
    return f"{100 * abs(share):.2f} % {'more' if share >= 0 else 'less'}"


def _parameter_count(model: IntegerModel) -> int:
    return sum(layer.weight.size + layer.bias.size for layer in model.layers.values())


def _as_json(model: IntegerModel, destination: Path, loss: Loss) -> str:
    document = {
        "name": model.name,
        "id": model.identity().hex(),
        "destination": str(destination),
        "configuration": model.configuration.to_dict(),
        "parameters": _parameter_count(model),
        **asdict(loss),
        "loss": loss.share,
    }
    return json.dumps(document, indent=2)
