"""`srec check`: what would become of pictures: how they would be kept, what is carried, what is not known of them."""

from __future__ import annotations

import argparse
from dataclasses import asdict

import srec_engine
from srec_engine import CheckReport, ComesBack, FileKind, Method
from srec_engine.cli.arguments import add_input_arguments, add_json_argument
from srec_engine.cli.batch import print_json, run_batch
from srec_engine.cli.inputs import Source, collect_sources
from srec_engine.cli.outcome import Outcome, State
from srec_engine.cli.text import format_bytes
from srec_engine.control import CancelToken, ProgressCallback

__all__ = ["add_arguments", "run"]

_COMES_BACK = {
    ComesBack.BYTES: "byte for byte",
    ComesBack.FILE: "as a file of its format with the same pixels and all that is carried",
    ComesBack.PICTURE: "as a PNG",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `srec check`."""
    add_input_arguments(parser, "pictures")
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check what was named and return the exit code."""
    result = run_batch(collect_sources(arguments, {FileKind.IMAGE}), _check, quiet=arguments.json)
    if arguments.json:
        print_json(result)
    return result.exit_code


def _check(source: Source, _cancel: CancelToken, _progress: ProgressCallback) -> Outcome:
    report = srec_engine.check_file(source.path)
    return Outcome(source.path, State.DONE, format_check(report), details=asdict(report))


def _ways(report: CheckReport) -> str:
    """How it would be held: the methods that would be tried, and its own bytes."""
    if report.methods == (Method.VERBATIM,):
        return "kept as its bytes"
    titles = [srec_engine.method_words(method).title for method in report.methods]
    return f"{' or '.join(titles)}, or its bytes where they are fewer"


def format_check(report: CheckReport) -> str:
    """The answer for a person: how it is kept, and a line for each class of bytes."""
    because = f": {report.reason}" if report.reason else ""
    lines = [
        f"{report.format or 'unknown format'}, {format_bytes(report.file_bytes)}: {_ways(report)}{because}",
        f"comes back {_COMES_BACK[report.comes_back]}",
    ]
    for kind in ("carried", "pixels", "made again"):
        parts = [part for part in report.parts if part.kind == kind]
        if parts:
            names = ", ".join(f"{part.what} × {part.count}" if part.count > 1 else part.what for part in parts)
            lines.append(f"{kind + ':':<12}{format_bytes(report.size_of(kind))}  ({names})")
    return "\n    ".join(lines)
