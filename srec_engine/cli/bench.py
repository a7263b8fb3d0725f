"""`srec bench`: sizes, speeds and memory beside other codecs, of pictures or of JPEG files."""

from __future__ import annotations

import argparse
import platform
from dataclasses import replace
from pathlib import Path

from srec_engine.benchmark.codecs import CODEC_NAMES
from srec_engine.benchmark.jpeg_codecs import JPEG_CODEC_NAMES
from srec_engine.cli.arguments import add_codec_arguments, add_json_argument, codec_options, whole_number
from srec_engine.cli.bench_jpegs import measured_jpegs, print_jpegs
from srec_engine.cli.bench_pictures import measured_pictures, print_pictures
from srec_engine.cli.exit_codes import OK
from srec_engine.codec.runtime import thread_count

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "sets", nargs="*", type=Path, metavar="FOLDER",
        help="folders of images, each a set of its own in the table (default: the sample photograph)",
    )  # fmt: skip
    parser.add_argument(
        "--halved", type=Path, metavar="FOLDER",
        help="one more set: the pictures of a folder, decoded, with half the width and half the height",
    )  # fmt: skip
    parser.add_argument(
        "--native", type=Path, metavar="FOLDER",
        help="one more set: the middle 1024x1024 pixels of the pictures of a folder, decoded",
    )  # fmt: skip
    parser.add_argument(
        "--codecs",
        help=f'comma-separated; "srec:NAME" takes another model (default: {",".join(CODEC_NAMES)}; '
        f"with --jpeg: {','.join(JPEG_CODEC_NAMES)})",
    )
    parser.add_argument(
        "--jpeg", action="store_true", help="compare programs that pack JPEG files without loss, by bytes"
    )
    parser.add_argument(
        "--worst", type=whole_number(1), metavar="N",
        help="list the N files that became smallest, and the N that became least so, by the first codec: "
        "pictures beside the last codec, JPEG files beside themselves",
    )  # fmt: skip
    parser.add_argument("--markdown", action="store_true", help="print tables for all sets, as docs/models.md has them")
    add_codec_arguments(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; returns the exit code."""
    options = codec_options(arguments)
    # One number for all programs: left to themselves, some would take all cores, and others one.
    threads = thread_count(options)
    options = replace(options, threads=threads)
    machine = f"{_processor()}, {threads} thread{'' if threads == 1 else 's'}, {platform.platform()}"
    if arguments.jpeg:
        print_jpegs(measured_jpegs(arguments, options), arguments, machine)
    else:
        print_pictures(measured_pictures(arguments, options), arguments, machine)
    return OK


def _processor() -> str:
    """Name of the processor where the system tells it, else its architecture."""
    description = Path("/proc/cpuinfo")
    lines = description.read_text(encoding="utf-8").splitlines() if description.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
