"""`srec info`: what a `.srec` file holds, from its header and index; nothing is decoded."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial

import srec_engine
from srec_engine import FileKind
from srec_engine.cli.arguments import add_input_arguments, add_json_argument
from srec_engine.cli.batch import print_json, run_batch
from srec_engine.cli.inputs import Source, collect_sources
from srec_engine.cli.outcome import Outcome, State
from srec_engine.cli.text import format_bytes, format_share, format_table
from srec_engine.control import CancelToken, ProgressCallback
from srec_engine.reports import FileInfo, bits_per_subpixel

__all__ = ["add_arguments", "format_info", "format_ledger", "run"]

# The container's section that holds the scales.
_CHUNKS = "chunks"
_STEP_NAMES = ("remainders", "pixel 1", "pixel 2", "pixel 3")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `srec info`."""
    add_input_arguments(parser, ".srec files")
    parser.add_argument("--per-step", action="store_true", help="show the bytes of every part, scale and step")
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Describe what was named and return the exit code."""
    sources = collect_sources(arguments, {FileKind.SREC})
    result = run_batch(sources, partial(_inform, per_step=arguments.per_step), quiet=arguments.json)
    if arguments.json:
        print_json(result)
    return result.exit_code


def _inform(source: Source, _cancel: CancelToken, _progress: ProgressCallback, *, per_step: bool) -> Outcome:
    info = srec_engine.read_info(source.path)
    text = format_info(info)
    if per_step:
        text = f"{text}\n\n{format_ledger(info)}"
    return Outcome(source.path, State.DONE, "\n" + text, report=info)


def format_info(info: FileInfo) -> str:
    """The header of a file as "name: value" lines."""
    lines = {
        "picture": f"{info.width}×{info.height}, {info.mode}",
        "size": f"{info.file_bytes} bytes ({format_bytes(info.file_bytes)}), {info.bpsp:.3f} bpsp",
        "method": info.method.value,
        "format": f"version {info.format_version}",
    }
    if info.model_id is not None:
        lines["model"] = f"{info.model_name or 'not installed here'} ({info.model_id[:16]}…)"
        lines["scales"] = f"{info.scale_count}, in {info.tile_count} tiles of {info.tile_size} pixels"
    if info.source_name:
        lines["stored file"] = repr(info.source_name)
    if info.metadata:
        lines["metadata"] = ", ".join(f"{name} ({format_bytes(size)})" for name, size in info.metadata.items())
    return "\n".join(f"  {name + ':':<13}{value}" for name, value in lines.items())


def format_ledger(info: FileInfo) -> str:
    """Where the bytes of a file are. The rows, those of the steps apart, add up to the file to the byte."""
    rows = [("part", "bytes", "bpsp", "share")]
    for name, size in info.section_bytes.items():
        if name == _CHUNKS and info.scales:
            rows.extend(_scale_rows(size, info))
        elif size:
            rows.append(_ledger_row(name, size, info))
    rows.append(_ledger_row("file", info.file_bytes, info))
    return format_table(rows, numeric=(False, True, True, True))


def _scale_rows(chunk_bytes: int, info: FileInfo) -> Iterator[tuple[str, str, str, str]]:
    """The rows that take the chunks apart: each scale, and below it its steps."""
    for scale in info.scales:
        yield _ledger_row(f"scale {scale.scale}", scale.total, info)
        for name, size in zip(_STEP_NAMES, scale.steps, strict=True):
            yield _ledger_row(f"  {name}", size, info)
    unexplained = chunk_bytes - sum(scale.total for scale in info.scales)
    if unexplained:
        yield _ledger_row("unused", unexplained, info)


def _ledger_row(name: str, size: int, info: FileInfo) -> tuple[str, str, str, str]:
    bpsp = bits_per_subpixel(size, info.width, info.height)
    return name, str(size), f"{bpsp:.4f}", format_share(size / info.file_bytes)
