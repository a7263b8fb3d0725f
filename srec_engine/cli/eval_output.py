"""The results of `srec eval` as tables, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from srec_engine.atomic import write_atomically
from srec_engine.cli.text import format_share, format_table
from srec_engine.training.evaluation import Evaluation, total

__all__ = ["print_json", "print_table", "write_csv"]


def write_csv(path: Path, evaluations: Mapping[str, Evaluation]) -> None:
    """Write every part of every image; `path` is replaced, whole or not at all.

    Raises:
        OutputError: When it cannot be written.
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["image", "scale", "step", "bits", "bpsp", "coded_bits"])
    for name, evaluation in evaluations.items():
        for part in evaluation.parts:
            coded = "" if part.coded is None else part.coded
            writer.writerow([name, part.scale, part.step, part.bits, part.bits / evaluation.subpixels, coded])
        if evaluation.container_bits is not None:
            writer.writerow([name, "", "container", "", "", evaluation.container_bits])
    write_atomically(path, stream.getvalue().encode("utf-8", "surrogateescape"))


def print_json(evaluations: Mapping[str, Evaluation]) -> None:
    """Print one document; parts have the original program's names."""
    everything = total(list(evaluations.values()))
    images = {name: _as_json(evaluation) for name, evaluation in evaluations.items()}
    print(json.dumps({**_as_json(everything), "images": images}, indent=1))


def _as_json(evaluation: Evaluation) -> dict[str, Any]:
    scales = evaluation.scales
    document: dict[str, Any] = {
        "bpsp": evaluation.bpsp,
        "bits": {part.original_key(scales): part.bits for part in evaluation.parts},
    }
    if evaluation.file_bits is not None:
        document["file_bits"] = evaluation.file_bits
        document["file_bpsp"] = evaluation.file_bits / evaluation.subpixels
        document["coded_bits"] = {part.original_key(scales): part.coded for part in evaluation.parts}
    return document


def print_table(evaluations: Mapping[str, Evaluation]) -> None:
    """Print a line for each image, then one for each part of all of them."""
    everything = total(list(evaluations.values()))
    coded = everything.file_bits is not None
    rows = [["image", "bits", "bpsp", *(["file bits", "file bpsp"] if coded else [])]]
    rows += [_image_row(name, evaluation) for name, evaluation in evaluations.items()]
    print(format_table(rows, [False, *[True] * (len(rows[0]) - 1)]))
    print()
    parts = [["part", "bits", "bpsp", "share", *(["coded bits"] if coded else [])]]
    for part in everything.parts:
        cells = [part.name, *_figures(part.bits, everything)]
        parts.append([*cells, f"{part.coded:.0f}"] if part.coded is not None else cells)
    if everything.container_bits is not None:
        parts.append(["container", "", "", "", f"{everything.container_bits:.0f}"])
    whole = ["all", *_figures(everything.bits, everything)]
    parts.append(whole if everything.file_bits is None else [*whole, f"{everything.file_bits:.0f}"])
    print(format_table(parts, [False, *[True] * (len(parts[0]) - 1)]))


def _image_row(name: str, evaluation: Evaluation) -> list[str]:
    row = [name, f"{evaluation.bits:.1f}", f"{evaluation.bpsp:.4f}"]
    if evaluation.file_bits is not None:
        row += [f"{evaluation.file_bits:.0f}", f"{evaluation.file_bits / evaluation.subpixels:.4f}"]
    return row


def _figures(bits: float, everything: Evaluation) -> list[str]:
    return [f"{bits:.1f}", f"{bits / everything.subpixels:.4f}", format_share(bits / everything.bits)]
