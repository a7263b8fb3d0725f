"""`srec thumbnail`: a small picture of a `.srec` file out of its coarsest scale, without torch."""

from __future__ import annotations

import argparse
from functools import partial

from srec_engine.atomic import write_atomically
from srec_engine.cli.arguments import add_input_arguments, add_json_argument, add_output_arguments
from srec_engine.cli.batch import run_on_srec_files
from srec_engine.cli.destinations import Destinations
from srec_engine.cli.inputs import Source, collect_sources
from srec_engine.cli.outcome import Outcome, State
from srec_engine.cli.thumbnails import make_thumbnail
from srec_engine.control import CancelToken, ProgressCallback
from srec_engine.files import FileKind

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `srec thumbnail`."""
    add_input_arguments(parser, ".srec files")
    parser.add_argument("-s", "--size", type=pixel_count, default=256, metavar="N", help="longer side (default: 256)")
    add_output_arguments(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the thumbnails of what was named and return the exit code."""
    sources = collect_sources(arguments, {FileKind.SREC})
    work = partial(_thumbnail, size=arguments.size, destinations=Destinations.from_arguments(arguments, sources))
    return run_on_srec_files(arguments, work, sources)


def _thumbnail(
    source: Source, _cancel: CancelToken, _progress: ProgressCallback, *, size: int, destinations: Destinations
) -> Outcome:
    destination = destinations.choose(source, ".thumbnail.png")
    if destination is None:
        return Outcome(source.path, State.SKIPPED, "skipped, the result exists")
    data, (width, height) = make_thumbnail(source.path, size)
    write_atomically(destination, data, readable_like=source.path)
    return Outcome(source.path, State.DONE, f"{destination}  {width}×{height}", destination)


def pixel_count(text: str) -> int:
    """Read the side of a thumbnail, 1 to 4096 pixels.

    Raises:
        argparse.ArgumentTypeError: It is not such a number.
    """
    if not (text.isdecimal() and 1 <= int(text) <= 4096):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size in pixels from 1 to 4096")
    return int(text)
