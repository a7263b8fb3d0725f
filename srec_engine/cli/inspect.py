"""`srec inspect`: what was expected and paid, scale by scale, as pictures and tables."""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import srec_engine
from srec_engine import Inspection, Layer, Part, ResultNames, SrecError
from srec_engine.atomic import write_atomically
from srec_engine.cli.arguments import (
    add_codec_arguments,
    add_input_arguments,
    add_json_argument,
    add_trusted_argument,
    codec_options,
)
from srec_engine.cli.batch import run_on_srec_files
from srec_engine.cli.inputs import Source
from srec_engine.cli.ledger_table import format_ledger
from srec_engine.cli.outcome import Outcome, State
from srec_engine.control import CancelToken, ProgressCallback
from srec_engine.errors import OutputError
from srec_engine.options import CodecOptions

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `srec inspect`."""
    add_input_arguments(parser, ".srec files")
    group = parser.add_argument_group("output")
    group.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder for the maps (PNG) and the ledger (CSV, JSON); each file gets a folder of its name in it",
    )
    group.add_argument("--scale", type=int, action="append", metavar="N", help="only this scale (may be repeated)")
    group.add_argument(
        "--part",
        type=Part,
        choices=list(Part),
        default=Part.ALL,
        help="samples that the maps show (default: all pixels); of a packed JPEG: all frequencies up to those of a "
        "scale, or without the lower ones (band alone)",
    )
    group.add_argument(
        "--network",
        action="store_true",
        help="files that are not coded by the network: code the same picture with it and inspect that",
    )
    add_codec_arguments(parser)
    add_trusted_argument(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Inspect what was named and return the exit code."""
    work = partial(_inspect, arguments=arguments, options=codec_options(arguments), names=ResultNames())
    return run_on_srec_files(arguments, work)


def _inspect(
    source: Source,
    cancel: CancelToken,
    progress: ProgressCallback,
    *,
    arguments: argparse.Namespace,
    options: CodecOptions,
    names: ResultNames,
) -> Outcome:
    inspection = srec_engine.inspect_file(source.path, options)
    if inspection.geometry is None:
        if not arguments.network:
            raise SrecError(
                f"the picture is held by the method {inspection.info.method.value}, which makes no predictions; "
                "--network codes the same picture with the network and inspects that"
            )
        inspection = srec_engine.inspect_with_network(source.path, options, cancel=cancel)
    if arguments.part not in inspection.part_kinds:
        kinds = ", ".join(inspection.part_kinds)
        raise SrecError(f"there is no part {arguments.part.value!r} of this file, only {kinds}")
    folder = _folder(names.name(source.path, arguments.out / source.path.stem))
    for scale in _scales(arguments.scale, inspection):
        for name, picture in _pictures(inspection, scale, arguments.part, cancel):
            stream = io.BytesIO()
            picture.save(stream, "PNG")
            write_atomically(folder / f"{name}.png", stream.getvalue(), readable_like=source.path)
    ledger = inspection.complete_ledger(cancel=cancel, progress=progress)
    write_atomically(folder / "ledger.csv", srec_engine.ledger_csv(ledger).encode())
    write_atomically(folder / "ledger.json", srec_engine.ledger_json(ledger).encode())
    details = {"folder": str(folder), "ledger": asdict(ledger), "fallback": inspection.fallback}
    note = " ".join(inspection.damage.sentences)
    return Outcome(source.path, State.DONE, f"{folder}\n{format_ledger(ledger)}", note=note, details=details)


def _folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made: {error.strerror or error}. Choose another folder.") from error
    return folder


def _scales(asked: list[int] | None, inspection: Inspection) -> list[int]:
    if asked is None:
        return list(inspection.scales)
    unknown = sorted(set(asked) - set(inspection.scales))
    if unknown:
        raise SrecError(f"there is no scale {unknown[0]}; the file has the scales 0 to {inspection.scales[0]}")
    return [scale for scale in inspection.scales if scale in asked]


def _pictures(inspection: Inspection, scale: int, part: Part, cancel: CancelToken) -> Iterator[tuple[str, Any]]:
    """Name and drawing of each layer of a scale. What is held meanwhile grows with the picture, not with its scales."""
    planes = {layer: _assembled(inspection, scale, part, layer) for layer in inspection.layer_kinds}
    for layers in inspection.layers(scale, cancel=cancel):
        for layer, whole in planes.items():
            plane, cell = layers.plane(layer, part, None), layers.cell(layer, part)
            top, left = layers.top // cell, layers.left // cell
            whole[top : top + plane.shape[0], left : left + plane.shape[1]] = plane
    for layer, whole in planes.items():
        name = f"scale-{scale}-{layer.value}".replace(" ", "-")
        limits = srec_engine.default_range(layer, part)
        title = f"scale {scale}, {part.value}, {layer.value}"
        yield name, srec_engine.draw_map(whole, layer, part, limits, title)


def _assembled(inspection: Inspection, scale: int, part: Part, layer: Layer) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """An empty plane for a whole scale."""
    height, width = inspection.part_size(scale, part, layer)
    grey = inspection.colour_channels == 1 or not layer.in_values or part is Part.REMAINDERS
    return np.zeros((height, width) if grey else (height, width, 3), np.uint8)
