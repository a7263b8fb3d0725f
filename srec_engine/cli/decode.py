"""`srec decode`: `.srec` files back to pictures, or to the very bytes that were stored."""

from __future__ import annotations

import argparse
from functools import partial

import srec_engine
from srec_engine import FileKind
from srec_engine.cli.arguments import (
    add_codec_arguments,
    add_input_arguments,
    add_json_argument,
    add_output_arguments,
    add_trusted_argument,
    codec_options,
)
from srec_engine.cli.batch import run_on_srec_files
from srec_engine.cli.destinations import Destinations
from srec_engine.cli.inputs import Source, collect_sources
from srec_engine.cli.outcome import Outcome, State
from srec_engine.control import CancelToken, ProgressCallback
from srec_engine.options import CodecOptions

__all__ = ["add_arguments", "run"]

_FORMATS = ("png", "tiff", "webp")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `srec decode`."""
    add_input_arguments(parser, ".srec files")
    add_output_arguments(parser)
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        help="lossless format of the pictures (default: the original file under its own name, png where it is unknown)",
    )
    parser.add_argument(
        "--keep-timestamps",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="give each result the times of its .srec file, which has those of its source (default: yes)",
    )
    add_codec_arguments(parser)
    add_trusted_argument(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Decode what was named and return the exit code."""
    sources = collect_sources(arguments, {FileKind.SREC})
    work = partial(
        _decode,
        options=codec_options(arguments),
        destinations=Destinations.from_arguments(arguments, sources),
        chosen_format=arguments.format,
        keep_timestamps=arguments.keep_timestamps,
    )
    return run_on_srec_files(arguments, work, sources)


def _decode(
    source: Source,
    cancel: CancelToken,
    progress: ProgressCallback,
    *,
    options: CodecOptions,
    destinations: Destinations,
    chosen_format: str | None,
    keep_timestamps: bool,
) -> Outcome:
    info = srec_engine.read_info(source.path)
    name = srec_engine.result_name(source.path, info.source_name, chosen_format)
    destination = destinations.choose_name(source, name)
    if destination is None:
        return Outcome(source.path, State.SKIPPED, "skipped, the result exists")
    report = srec_engine.decode_file(
        source.path,
        destination,
        options,
        format=chosen_format,
        keep_timestamps=keep_timestamps,
        cancel=cancel,
        progress=progress,
    )
    message = (
        f"{destination}  {report.width}×{report.height} {report.mode}  {report.method.value}  {report.seconds:.1f} s"
    )
    if report.damage:
        return Outcome(source.path, State.FAILED, " ".join(report.damage), destination, report)
    dropped = f"this format cannot hold: {', '.join(report.dropped)}" if report.dropped else ""
    return Outcome(source.path, State.DONE, message, destination, report, note=dropped)
