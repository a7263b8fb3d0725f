"""`srec bench --jpeg`: JPEG files packed without loss, by bytes, beside other programs that do it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from srec_engine.benchmark.jpeg_codecs import JPEG_CODEC_NAMES
from srec_engine.benchmark.jpegs import JpegMeasurement, find_jpegs, joined, measure_jpegs_in_process
from srec_engine.benchmark.sets import named_folders
from srec_engine.cli.bench_tables import chosen_codecs, extremes, format_change, markdown_table
from srec_engine.cli.text import format_table
from srec_engine.options import CodecOptions

__all__ = ["measured_jpegs", "print_jpegs"]

Results = Mapping[str, Sequence[JpegMeasurement]]
"""The measurements of each set, in the order of the codecs."""

_HEADING = ["codec", "bytes", "change", "enc MB/s", "dec MB/s", "peak MB", "kept as they are"]
_NAMED_FILES = 5


def measured_jpegs(arguments: argparse.Namespace, options: CodecOptions) -> Results:
    """Measure every codec on every folder.

    Raises:
        argparse.ArgumentTypeError: No folder was named, or a codec that there is not, or what is for pictures only.
        SourceError: A folder holds no JPEG files.
    """
    if arguments.halved or arguments.native:
        raise argparse.ArgumentTypeError("--halved and --native make pictures: leave out --jpeg")
    if not arguments.sets:
        raise argparse.ArgumentTypeError("--jpeg needs folders of JPEG files")
    codecs = chosen_codecs(arguments.codecs, JPEG_CODEC_NAMES, "JPEG files")
    # All folders are looked into before the first one is measured.
    jpegs = {name: find_jpegs(folder) for name, folder in named_folders(arguments.sets).items()}
    results: dict[str, list[JpegMeasurement]] = {}
    for name, paths in jpegs.items():
        for codec in codecs:
            print(f"{name}: {codec} on {len(paths)} JPEG files …", file=sys.stderr)
            results.setdefault(name, []).append(measure_jpegs_in_process(codec, paths, options))
    return results


def print_jpegs(results: Results, arguments: argparse.Namespace, machine: str) -> None:
    """Print what was measured, in the form that was asked for."""
    if arguments.json:
        document = {name: [asdict(measurement) for measurement in row] for name, row in results.items()}
        print(json.dumps(document, indent=1, default=str))
        return
    together = [joined(row) for row in zip(*results.values(), strict=True)]
    if arguments.markdown:
        print(_markdown(results, together))
        return
    print(f"Machine: {machine}")
    print(f"Libraries: {'; '.join(f'{row.codec}: {row.libraries}' for row in together)}")
    tables = {**results, "all": together} if len(results) > 1 else results
    for name, row in tables.items():
        print(f"\n{name} ({len(row[0].files)} JPEG files, {row[0].source_bytes:,} bytes)\n{_table(row)}")
    for line in _kept_files(together):
        print(f"\n{line}")
    if arguments.worst:
        print(f"\n{_extremes(together, arguments.worst)}")


def _table(row: Sequence[JpegMeasurement]) -> str:
    rows = [
        [
            result.codec,
            f"{result.file_bytes:,}",
            format_change(result.change),
            *_speeds(result),
            f"{result.peak_memory / 1e6:.0f}",
            str(len(result.kept) or ""),
        ]
        for result in row
    ]
    return format_table([_HEADING, *rows], [False, *[True] * (len(_HEADING) - 1)])


def _markdown(results: Results, together: Sequence[JpegMeasurement]) -> str:
    """A row for each codec: the change of each set, bytes and change of all, and speed over all."""
    heading = ["codec", *results, "all bytes", "all", "enc MB/s", "dec MB/s", "kept"]
    rows = [heading]
    for whole, *row in zip(together, *results.values(), strict=True):
        cells = [whole.codec, *(format_change(measurement.change) for measurement in row)]
        cells += [f"{whole.file_bytes:,}", format_change(whole.change), *_speeds(whole), str(len(whole.kept))]
        rows.append(cells)
    return markdown_table(rows)


def _kept_files(together: Sequence[JpegMeasurement]) -> list[str]:
    """For each codec that did not pack all files: which, and why."""
    lines = []
    for result in together:
        named = [f"{file.path.name}: {file.kept}" for file in result.kept[:_NAMED_FILES]]
        if more := len(result.kept) - len(named):
            named.append(f"{more} more (--json names all)")
        if named:
            lines.append(f"Counted with their own size by {result.codec}: {'; '.join(named)}")
    return lines


def _extremes(together: Sequence[JpegMeasurement], count: int) -> str:
    """The files that the first codec makes least of, and those it makes most of."""
    rows = list(zip(*(result.files for result in together), strict=True))
    heading = ["file", "bytes", *(result.codec for result in together)]
    cells = [
        [row[0].path.name, f"{row[0].source_bytes:,}", *(format_change(file.change) for file in row)]
        for row in extremes(rows, lambda row: row[0].change, count)
    ]
    return format_table([heading, *cells], [False, *[True] * (len(heading) - 1)])


def _speeds(result: JpegMeasurement) -> list[str]:
    """Megabytes of JPEG files per second, to encode and to decode."""
    return [f"{speed / 1e6:.1f}" if speed else "–" for speed in (result.encode_speed, result.decode_speed)]
