"""`srec decode`: `.srec` files back to pictures, or to the very bytes that were stored."""

from __future__ import annotations

import argparse
import re
from functools import partial
from pathlib import PurePath

import srec_engine
from srec_engine.cli.arguments import (
    add_codec_arguments,
    add_input_arguments,
    add_json_argument,
    add_output_arguments,
    codec_options,
)
from srec_engine.cli.batch import run_on_srec_files
from srec_engine.cli.destinations import Destinations
from srec_engine.cli.inputs import Source
from srec_engine.cli.outcome import Outcome, State
from srec_engine.control import CancelToken, ProgressCallback
from srec_engine.options import CodecOptions, Method
from srec_engine.reports import FileInfo

__all__ = ["add_arguments", "run"]

_FORMATS = ("png", "tiff", "webp")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `srec decode`."""
    add_input_arguments(parser, ".srec files")
    add_output_arguments(parser)
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        help="lossless format of the pictures (default: the original file where its bytes were stored, else png)",
    )
    add_codec_arguments(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Decode what was named and return the exit code."""
    work = partial(
        _decode,
        options=codec_options(arguments),
        destinations=Destinations.from_arguments(arguments),
        chosen_format=arguments.format,
    )
    return run_on_srec_files(arguments, work)


def _decode(
    source: Source,
    cancel: CancelToken,
    progress: ProgressCallback,
    *,
    options: CodecOptions,
    destinations: Destinations,
    chosen_format: str | None,
) -> Outcome:
    suffix = f".{chosen_format}" if chosen_format else result_suffix(srec_engine.read_info(source.path))
    destination = destinations.choose(source, suffix)
    if destination is None:
        return Outcome(source.path, State.SKIPPED, "skipped, the result exists")
    report = srec_engine.decode_file(source.path, destination, options, cancel=cancel, progress=progress)
    message = (
        f"{destination}  {report.width}×{report.height} {report.mode}  {report.method.value}  {report.seconds:.1f} s"
    )
    if report.damage:
        return Outcome(source.path, State.FAILED, " ".join(report.damage), destination, report)
    return Outcome(source.path, State.DONE, message, destination, report)


def result_suffix(info: FileInfo) -> str:
    """Suffix of the decoded file: the source's own where its bytes were stored, else ".png".

    The name comes out of the file, so only a plain suffix is believed.
    """
    if info.method is Method.VERBATIM and info.source_name:
        suffix = PurePath(info.source_name).suffix.lower()
        if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) and suffix != ".srec":
            return suffix
    return ".png"
