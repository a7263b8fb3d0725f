"""`srec encode`: pictures to `.srec` files."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path, PurePath

import srec_engine
from srec_engine import FileKind
from srec_engine.accounts.jpeg import jpeg_size
from srec_engine.cli.arguments import (
    add_codec_arguments,
    add_input_arguments,
    add_json_argument,
    add_output_arguments,
    codec_options,
)
from srec_engine.cli.batch import BatchResult, print_json, run_batch
from srec_engine.cli.destinations import Destinations
from srec_engine.cli.inputs import Source, collect_sources, parse_shard
from srec_engine.cli.outcome import Outcome, State
from srec_engine.cli.text import format_bytes, format_share
from srec_engine.container import safe_file_name
from srec_engine.control import CancelToken, ProgressCallback
from srec_engine.errors import ModelError
from srec_engine.files import SREC_SUFFIX
from srec_engine.options import DEFAULT_MODEL, EncodeOptions, Method, WithoutGain
from srec_engine.reports import EncodeReport

__all__ = ["add_arguments", "run"]

_CHECKPOINT_SUFFIXES = (".pt", ".pth")
_HEAD_BYTES = 1 << 18
"""Bytes in which the size of a JPEG is found: behind EXIF with its thumbnail, profile and XMP."""

_BYTES_BESIDE = 1 << 20
"""Bytes up to which JPEGs are packed several at a time. Larger ones are cut into bands that are coded side by side."""

_PIXELS_BESIDE = 1 << 25
"""Pixels up to which they are: libjxl takes 23 bytes for each."""

_NAMED = 5
"""Names that a sum gives before it counts the others."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `srec encode`."""
    add_input_arguments(parser, "pictures")
    parser.add_argument(
        "--shard",
        type=parse_shard,
        metavar="I/N",
        help="work on part I of N only, decided by each file's name: for N machines that share a folder",
    )
    add_output_arguments(parser)
    group = parser.add_argument_group("encoding")
    group.add_argument(
        "--method", choices=[method.value for method in Method], help="force one (default: the smallest)"
    )
    group.add_argument(
        "--model", "--load", default=DEFAULT_MODEL, metavar="NAME",
        help=f"name or file of a model (default: {DEFAULT_MODEL})",
    )  # fmt: skip
    group.add_argument("--no-verify", action="store_true", help="do not decode each result again to compare it")
    group.add_argument(
        "--no-adaptation",
        action="store_true",
        help="look for no corrections of the model: sooner done, about 1 %% larger",
    )
    group.add_argument(
        "--without-gain",
        choices=[choice.value for choice in WithoutGain],
        help="files whose results would not be smaller: leave the original alone, or store it all the same, for a "
        "complete mirror (default: leave; with --method: store)",
    )
    group.add_argument(
        "--keep-timestamps",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="give each result the times of its source (default: yes)",
    )
    add_codec_arguments(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Encode what was named and return the exit code."""
    _check_model(arguments.model)
    sources = collect_sources(arguments, {FileKind.IMAGE})
    destinations = Destinations.from_arguments(arguments, sources)
    if arguments.shard is not None:
        sources = [source for source in sources if arguments.shard.holds(destinations.name_of(source))]
    destinations.reserve(sources, SREC_SUFFIX)
    options = EncodeOptions(
        method=None if arguments.method is None else Method(arguments.method),
        model=arguments.model,
        verify=not arguments.no_verify,
        adaptation=not arguments.no_adaptation,
        keep_timestamps=arguments.keep_timestamps,
        without_gain=_without_gain(arguments),
        codec=codec_options(arguments),
    )
    work = partial(_encode, options=options, destinations=destinations)
    result = run_batch(sources, work, quiet=arguments.json, beside=_is_jpeg)
    before, after = _totals(result)
    if arguments.json:
        print_json(result, source_bytes=before, file_bytes=after)
    else:
        _sum_up(result, before, after)
    return result.exit_code


def _without_gain(arguments: argparse.Namespace) -> WithoutGain:
    """What was asked for; whoever forces a method wants a result."""
    if arguments.without_gain is not None:
        return WithoutGain(arguments.without_gain)
    return WithoutGain.LEAVE if arguments.method is None else WithoutGain.STORE


def _is_jpeg(source: Source) -> bool:
    """Whether a file is packed by one processor alone, however many there are, and without much memory."""
    if source.trouble:  # a pipe would never say what it is
        return False
    try:
        with source.path.open("rb") as file:
            width, height = jpeg_size(file.read(_HEAD_BYTES))
        if source.path.stat().st_size > _BYTES_BESIDE:
            return False
    except OSError:
        return False
    return 0 < width * height <= _PIXELS_BESIDE


def _sum_up(result: BatchResult, before: int, after: int) -> None:
    """A line for what was gained, and one for what was left alone."""
    if result.count(State.DONE) > 1:
        print(f"{result.count(State.DONE)} files: {_sizes(before, after)}")
    left = [outcome.source.name for outcome in result.outcomes if outcome.state is State.LEFT]
    if len(left) > 1:
        more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        names = ", ".join(left[:_NAMED])
        print(f"{len(left)} files left alone, since nothing would be gained: {names}{more}")


def _check_model(model: str) -> None:
    """Say once, and not for every picture, that weights are no model yet."""
    if PurePath(model).suffix in _CHECKPOINT_SUFFIXES:
        raise ModelError(
            f"{model} is a checkpoint, which is no model yet. srec import-weights makes one of the original program's "
            "weights, srec train --export of a run."
        )


def _encode(
    source: Source,
    cancel: CancelToken,
    progress: ProgressCallback,
    *,
    options: EncodeOptions,
    destinations: Destinations,
) -> Outcome:
    destination = destinations.choose(source, SREC_SUFFIX)
    if destination is None:
        return Outcome(source.path, State.SKIPPED, "skipped, the result exists")
    report = srec_engine.encode_file(source.path, destination, options, cancel=cancel, progress=progress)
    if report.left_alone:
        return Outcome(source.path, State.LEFT, f"left alone: {report.note}", report=report)
    message = (
        f"{destination}  {_sizes(report.source_bytes, report.file_bytes)}  {_bpsp(report)}"
        f"{report.method.value}{', verified' if report.verified else ''}  {report.seconds:.1f} s"
    )
    notes = " ".join(filter(None, (report.note, _name_note(source.path, destination))))
    return Outcome(source.path, State.DONE, message, destination, report, {"saved": report.saved}, notes)


def _name_note(source: Path, destination: Path) -> str:
    """Says so where the source will not come back under the very name that it has."""
    name = srec_engine.result_name(destination, safe_file_name(source.name))
    if name == source.name:
        return ""
    return f"its name does not fit every system; it comes back as {name}"


def _bpsp(report: EncodeReport) -> str:
    """Bits per subpixel; nothing where the picture's size is not known, for which 1 × 1 stands."""
    return f"{report.bpsp:.3f} bpsp  " if report.is_picture_known else ""


def _sizes(before: int, after: int) -> str:
    """Two sizes and what was saved: "234.9 KiB → 180.0 KiB, 23.4 % saved"."""
    saved = 1 - after / before if before else 0.0
    verdict = f"{format_share(saved)} saved" if saved >= 0 else f"{format_share(-saved)} larger"
    return f"{format_bytes(before)} → {format_bytes(after)}, {verdict}"


def _totals(result: BatchResult) -> tuple[int, int]:
    """Bytes of the sources and of the results, over the files that were done."""
    done = (outcome.report for outcome in result.outcomes if outcome.state is State.DONE)
    reports = [report for report in done if isinstance(report, EncodeReport)]
    return sum(report.source_bytes for report in reports), sum(report.file_bytes for report in reports)
