"""`srec info`: what a `.srec` file holds, from its header and index; only the model's bits need decoding."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from functools import partial
from typing import Any

import srec_engine
from srec_engine import DamagedFileError, Inspection, ModelError
from srec_engine.cli.arguments import (
    add_codec_arguments,
    add_input_arguments,
    add_json_argument,
    add_trusted_argument,
    codec_options,
)
from srec_engine.cli.batch import run_on_srec_files
from srec_engine.cli.inputs import Source
from srec_engine.cli.ledger_table import format_jpeg_parts, format_ledger, format_scales
from srec_engine.cli.outcome import Outcome, State
from srec_engine.cli.text import format_bytes, format_share
from srec_engine.control import CancelToken, ProgressCallback
from srec_engine.options import CodecOptions
from srec_engine.reports import FileInfo

__all__ = ["add_arguments", "format_info", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `srec info`."""
    add_input_arguments(parser, ".srec files")
    ledger = parser.add_mutually_exclusive_group()
    ledger.add_argument("--per-scale", action="store_true", help="show where the bytes went: a line for each scale")
    ledger.add_argument(
        "--per-step",
        action="store_true",
        help="show every part, scale, step and channel: its samples, its bytes, and the bits that the network "
        "says they cost (the file is decoded for these)",
    )
    parser.add_argument(
        "--no-model-bits", action="store_true", help="with --per-step: leave those bits out and decode nothing"
    )
    add_codec_arguments(parser)
    add_trusted_argument(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Describe what was named and return the exit code."""
    work = partial(_inform, arguments=arguments, options=codec_options(arguments))
    return run_on_srec_files(arguments, work)


def _inform(
    source: Source,
    cancel: CancelToken,
    progress: ProgressCallback,
    *,
    arguments: argparse.Namespace,
    options: CodecOptions,
) -> Outcome:
    if not (arguments.per_scale or arguments.per_step):
        info = srec_engine.read_info(source.path)
        return Outcome(source.path, State.DONE, f"\n{format_info(info)}", report=info)
    inspection = srec_engine.inspect_file(source.path, options)
    without_bits = arguments.per_scale or arguments.no_model_bits
    note = "" if without_bits else _count_model_bits(inspection, cancel, progress)
    table = format_scales(inspection.ledger) if arguments.per_scale else format_ledger(inspection.ledger)
    parts = inspection.source_parts(cancel=cancel)
    if parts:
        table += f"\n\n{format_jpeg_parts(parts, inspection.info.file_bytes)}"
    text = f"\n{format_info(inspection.info)}\n\n{table}"
    details: dict[str, Any] = {"ledger": asdict(inspection.ledger), "fallback": inspection.fallback}
    return Outcome(source.path, State.DONE, text, report=inspection.info, details=details, note=note)


def _count_model_bits(inspection: Inspection, cancel: CancelToken, progress: ProgressCallback) -> str:
    """Complete the ledger; returns why it stays incomplete, or ""."""
    if inspection.geometry is None:
        return ""
    try:
        inspection.complete_ledger(cancel=cancel, progress=progress)
    except (ModelError, DamagedFileError) as error:
        return f"The model's bits are not known: {error}"
    return " ".join(inspection.damage.sentences)


def format_info(info: FileInfo) -> str:
    """The header of a file as "name: value" lines."""
    size = f"{info.file_bytes} bytes ({format_bytes(info.file_bytes)})"
    lines = {
        "picture": f"{info.width}×{info.height}, {info.mode}" if info.is_picture_known else "cannot be shown here",
        "size": f"{size}, {info.bpsp:.3f} bpsp" if info.is_picture_known else size,
        "method": f"{info.method.value}: {srec_engine.method_words(info.method).sentence}",
        "format": f"version {info.format_version}",
    }
    if info.missing_bytes:
        lines["missing"] = f"{info.missing_bytes} bytes: the file is cut off"
    if info.model_id is not None:
        lines["model"] = f"{info.model_name or 'not installed here'} ({info.model_id[:16]}…)"
        tiles = "1 tile" if info.tile_count == 1 else f"{info.tile_count} tiles"
        lines["scales"] = f"{info.scale_count}, in {tiles} of {info.tile_size} pixels"
    if info.source_name:
        lines["made of"] = _source(info)
    if info.metadata:
        lines["metadata"] = ", ".join(f"{name} ({format_bytes(size)})" for name, size in info.metadata.items())
    return "\n".join(f"  {name + ':':<13}{value}" for name, value in lines.items())


def _source(info: FileInfo) -> str:
    """Name of the source file, its size, and what became of that."""
    if not info.source_bytes:
        return repr(info.source_name)
    change = info.file_bytes / info.source_bytes - 1
    verdict = f"{format_share(-change)} saved" if change <= 0 else f"{format_share(change)} larger"
    return f"{info.source_name!r}, {info.source_bytes} bytes ({format_bytes(info.source_bytes)}), {verdict}"
