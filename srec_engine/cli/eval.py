"""`srec eval`: the bits a network needs for images, part by part."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from srec_engine.cli.arguments import add_input_arguments, add_json_argument
from srec_engine.cli.exit_codes import OK
from srec_engine.cli.inputs import collect_sources
from srec_engine.cli.text import format_table
from srec_engine.errors import UnsupportedImageError
from srec_engine.files import FileKind
from srec_engine.network.checkpoint import load_network
from srec_engine.training.evaluation import Evaluation, evaluate, total

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    add_input_arguments(parser, "images")
    parser.add_argument(
        "--model", "--load", dest="model", type=Path, required=True,
        help="checkpoint of a training run or of the original program (.pth)",
    )  # fmt: skip
    parser.add_argument("--crop", type=int, default=0, metavar="N", help="only the middle N × N pixels (0: all)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, … (default: cpu)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="also write every part of every image to a CSV file")
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and print; returns the exit code."""
    sources = collect_sources(arguments, (FileKind.IMAGE,))
    network = load_network(arguments.model).to(arguments.device)
    evaluations: dict[str, Evaluation] = {}
    for source in sources:
        evaluations[str(source.path)] = evaluate(network, _pixels(source.path, arguments.crop), arguments.device)
    everything = total(list(evaluations.values()))
    if arguments.csv is not None:
        _write_csv(arguments.csv, evaluations)
    if arguments.json:
        print(json.dumps(_as_json(evaluations, everything), indent=1))
    else:
        _print_table(evaluations, everything)
    return OK


def _pixels(path: Path, crop: int) -> NDArray[np.uint8]:
    """The image's pixels as uint8 (H, W, 3), or its middle."""
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError) as error:
        raise UnsupportedImageError(f"{path} cannot be read as an image ({error}).") from error
    if not crop:
        return pixels
    height, width = pixels.shape[:2]
    if min(height, width) < crop:
        raise UnsupportedImageError(f"{path} is smaller than the crop of {crop} pixels. Choose a smaller --crop.")
    top, left = (height - crop) // 2, (width - crop) // 2
    return pixels[top : top + crop, left : left + crop]


def _as_json(evaluations: dict[str, Evaluation], everything: Evaluation) -> dict[str, Any]:
    return {
        "bpsp": everything.bpsp,
        "images": {
            name: {
                "bpsp": evaluation.bpsp,
                "bits": {part.original_key(evaluation.scales): part.bits for part in evaluation.parts},
            }
            for name, evaluation in evaluations.items()
        },
    }


def _write_csv(path: Path, evaluations: dict[str, Evaluation]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["image", "scale", "step", "bits", "bpsp"])
        for name, evaluation in evaluations.items():
            for part in evaluation.parts:
                writer.writerow([name, part.scale, part.step, part.bits, part.bits / evaluation.subpixels])


def _print_table(evaluations: dict[str, Evaluation], everything: Evaluation) -> None:
    rows = [["image", "bits", "bpsp"]]
    rows += [[name, f"{evaluation.bits:.1f}", f"{evaluation.bpsp:.4f}"] for name, evaluation in evaluations.items()]
    print(format_table(rows, [False, True, True]))
    parts = [["part", "bits", "bpsp", "share"]]
    for part in everything.parts:
        name = "base" if part.step == "base" else f"scale {part.scale} {part.step}"
        share = f"{100 * part.bits / everything.bits:.1f} %"
        parts.append([name, f"{part.bits:.1f}", f"{part.bits / everything.subpixels:.4f}", share])
    parts.append(["all", f"{everything.bits:.1f}", f"{everything.bpsp:.4f}", "100.0 %"])
    sys.stdout.write("\n" + format_table(parts, [False, True, True, True]) + "\n")
