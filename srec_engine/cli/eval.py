"""`srec eval`: the bits a network needs for images, part by part."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from srec_engine.cli.arguments import add_input_arguments, add_json_argument, whole_number
from srec_engine.cli.eval_output import print_json, print_table, write_csv
from srec_engine.cli.exit_codes import FAILED, OK
from srec_engine.cli.inputs import collect_sources
from srec_engine.cli.pixels import middle, read_pixels
from srec_engine.cli.progress import ProgressBar
from srec_engine.control import Progress, Stage
from srec_engine.errors import ModelError, SourceError, SrecError, UnsupportedImageError
from srec_engine.files import FileKind, fault_sentence
from srec_engine.model.file import MODEL_SUFFIX
from srec_engine.model.store import find_model
from srec_engine.training.evaluation import Evaluation

__all__ = ["add_arguments", "run"]

Evaluate = Callable[[NDArray[np.uint8]], Evaluation]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    add_input_arguments(parser, "images")
    parser.add_argument(
        "--model", "--load", dest="model", required=True,
        help="checkpoint of a training run (.pt) or of the original program (.pth), integer model (.safetensors), "
        "or the name of an installed one",
    )  # fmt: skip
    parser.add_argument("--coded", action="store_true", help="also code each image and count its file's bits")
    parser.add_argument(
        "--crop", type=whole_number(0), default=0, metavar="N", help="only the middle N × N pixels (0: all)"
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda, … (default: cpu)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="also write every part of every image to a CSV file")
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and print; returns the exit code."""
    sources = collect_sources(arguments, (FileKind.IMAGE,))
    evaluate = _evaluator(arguments.model, arguments.device, arguments.coded)
    evaluations: dict[str, Evaluation] = {}
    failed = False
    with ProgressBar(len(sources)) as bar:
        for source in sources:
            bar.begin(source.path.name)(Progress(Stage.READING, 0.0, message="evaluating"))
            try:
                if source.trouble:
                    raise SourceError(source.trouble)
                evaluations[str(source.path)] = evaluate(_pixels(source.path, arguments.crop))
            # The boundary, as in `run_batch`: one file's trouble is its own.
            except Exception as error:  # noqa: BLE001
                failed = True
                with bar.paused():
                    print(f"srec: {fault_sentence(error, source.path)}", file=sys.stderr)
            bar.end()
    if not evaluations:
        raise SrecError("No image could be evaluated. Give images, or folders with images in them.")
    if arguments.json:
        print_json(evaluations)
    else:
        print_table(evaluations)
    if arguments.csv is not None:
        write_csv(arguments.csv, evaluations)
    return FAILED if failed else OK


def _evaluator(model: str, device: str, coded: bool) -> Evaluate:
    """What evaluates an image with a model file or a checkpoint."""
    path = Path(model)
    if path.suffix == MODEL_SUFFIX or not path.exists():
        from srec_engine.training.integer_evaluation import IntegerEvaluator

        evaluator = IntegerEvaluator(find_model(model), device)
        return evaluator.evaluate_coded if coded else evaluator.evaluate
    if coded:
        raise ModelError(
            f"{path} is a float network, which cannot code files. Export an integer model (srec train … --export), "
            "or leave out --coded."
        )
    from srec_engine.network.checkpoint import load_network
    from srec_engine.training.evaluation import evaluate
    from srec_engine.training.execution import usable_device

    network = load_network(path).to(usable_device(device))
    return lambda image: evaluate(network, image, device)


def _pixels(path: Path, crop: int) -> NDArray[np.uint8]:
    """The image's pixels as uint8 (H, W, 3), or its middle.

    Raises:
        UnsupportedImageError: When it cannot be read, or is smaller than the crop.
    """
    pixels = read_pixels(path)
    if min(pixels.shape[:2]) < crop:
        raise UnsupportedImageError(f"{path} is smaller than the crop of {crop} pixels. Choose a smaller --crop.")
    return middle(pixels, crop) if crop else pixels
