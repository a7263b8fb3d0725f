"""`srec export`: `.srec` files as files of another format that holds the same, without losing anything."""

from __future__ import annotations

import argparse
from functools import partial

import srec_engine
from srec_engine import FileKind
from srec_engine.cli.arguments import add_input_arguments, add_json_argument, add_output_arguments
from srec_engine.cli.batch import run_on_srec_files
from srec_engine.cli.destinations import Destinations
from srec_engine.cli.inputs import Source, collect_sources
from srec_engine.cli.outcome import Outcome, State
from srec_engine.cli.text import format_bytes
from srec_engine.control import CancelToken, ProgressCallback

__all__ = ["add_arguments", "run"]

_SUFFIX = ".jxl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `srec export`."""
    add_input_arguments(parser, ".srec files")
    formats = parser.add_mutually_exclusive_group(required=True)
    formats.add_argument(
        "--jxl", action="store_true", help="JPEG XL, which browsers and viewers open: of packed JPEGs (method jpeg)"
    )
    add_output_arguments(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Export what was named and return the exit code."""
    sources = collect_sources(arguments, {FileKind.SREC})
    work = partial(_export, destinations=Destinations.from_arguments(arguments, sources))
    return run_on_srec_files(arguments, work, sources)


def _export(source: Source, cancel: CancelToken, progress: ProgressCallback, *, destinations: Destinations) -> Outcome:
    destination = destinations.choose(source, _SUFFIX)
    if destination is None:
        return Outcome(source.path, State.SKIPPED, "skipped, the result exists")
    report = srec_engine.export_jpeg_xl(source.path, destination, cancel=cancel, progress=progress)
    size = destination.stat().st_size
    message = f"{destination}  {report.width}×{report.height}  {format_bytes(size)}"
    dropped = f"this format cannot hold: {', '.join(report.dropped)}" if report.dropped else ""
    return Outcome(source.path, State.DONE, message, destination, report, {"exported_bytes": size}, dropped)
