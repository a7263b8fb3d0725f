"""Arguments that several commands share, and how they become the engine's options."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path

from srec_engine.options import CodecOptions, ExistingPolicy

__all__ = [
    "add_codec_arguments",
    "add_input_arguments",
    "add_json_argument",
    "add_output_arguments",
    "add_trusted_argument",
    "codec_options",
    "minutes",
    "whole_number",
]


def whole_number(lowest: int) -> Callable[[str], int]:
    """What reads an option that is a whole number, `lowest` or more, and says so where it is not."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = lowest - 1
        if number < lowest:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {lowest} or more")
        return number

    return read


def minutes(text: str) -> float:
    """Read a length of time.

    Raises:
        argparse.ArgumentTypeError: It is not a finite number of 0 or more.
    """
    try:
        length = float(text)
    except ValueError:
        length = math.nan
    if not 0 <= length < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes")
    return length


def add_input_arguments(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the files to work on: paths, folders, globs, or the original program's `--path` and `--file`.

    Args:
        parser: Parser of the command.
        what: What the files are, for the help text ("pictures", ".srec files").
    """
    group = parser.add_argument_group("input")
    group.add_argument(
        "paths", nargs="*", metavar="PATH", help=f"{what}, folders with them, or patterns such as '*.png'"
    )
    group.add_argument("--path", type=Path, metavar="DIR", help="folder that the names in --file are relative to")
    group.add_argument("--file", type=Path, metavar="LIST", help="text file with one name per line")


def add_output_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where results go and what happens when they exist."""
    group = parser.add_argument_group("output")
    group.add_argument(
        "-o", "--output", "--save-path", type=Path, metavar="DIR",
        help="folder for the results (default: beside each file)",
    )  # fmt: skip
    group.add_argument("--mirror", action="store_true", help="with -o: keep the folders below those that were named")
    group.add_argument(
        "--existing",
        choices=[policy.value for policy in ExistingPolicy],
        default=ExistingPolicy.SKIP.value,
        help="when a result exists: skip the file, rename the result, or replace it (default: skip)",
    )


def add_codec_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where and how the network runs. None of it changes a bit of the result."""
    group = parser.add_argument_group("speed (never changes a result)")
    group.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, … (default: auto)")
    group.add_argument("--kernel", default="auto", help="auto, int8, int8-split, float32 or unfold (default: auto)")
    group.add_argument("--threads", type=whole_number(1), metavar="N", help="CPU threads (default: all cores)")


def add_trusted_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--trusted`, for commands that decode."""
    parser.add_argument(
        "--trusted",
        action="store_true",
        help="decode files that announce far more pixels than their bytes usually hold (hours of work, maybe)",
    )


def add_json_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of text")


def codec_options(arguments: argparse.Namespace) -> CodecOptions:
    """The engine's options from the arguments of `add_codec_arguments` and, where it was added, `--trusted`."""
    trusted = getattr(arguments, "trusted", False)
    return CodecOptions(arguments.device, arguments.kernel, arguments.threads, trusted)
