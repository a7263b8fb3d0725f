"""`srec verify`: decode `.srec` files, check every checksum, write nothing."""

from __future__ import annotations

import argparse
from functools import partial

import srec_engine
from srec_engine.cli.arguments import (
    add_codec_arguments,
    add_input_arguments,
    add_json_argument,
    add_trusted_argument,
    codec_options,
)
from srec_engine.cli.batch import run_on_srec_files
from srec_engine.cli.inputs import Source
from srec_engine.cli.outcome import Outcome, State
from srec_engine.control import CancelToken, ProgressCallback
from srec_engine.options import CodecOptions

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `srec verify`."""
    add_input_arguments(parser, ".srec files")
    add_codec_arguments(parser)
    add_trusted_argument(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Verify what was named and return the exit code."""
    return run_on_srec_files(arguments, partial(_verify, options=codec_options(arguments)))


def _verify(source: Source, cancel: CancelToken, progress: ProgressCallback, *, options: CodecOptions) -> Outcome:
    report = srec_engine.verify_file(source.path, options, cancel=cancel, progress=progress)
    message = f"exact  {report.width}×{report.height} {report.mode}  {report.method.value}  {report.seconds:.1f} s"
    return Outcome(source.path, State.DONE, message, report=report)
