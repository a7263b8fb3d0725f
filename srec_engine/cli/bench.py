"""`srec bench`: sizes, speeds and memory beside other codecs; `bench_jpegs` has those of JPEG files."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from srec_engine.benchmark.codecs import CODEC_NAMES
from srec_engine.benchmark.jpeg_codecs import JPEG_CODEC_NAMES
from srec_engine.benchmark.measure import Measurement, measure_in_process
from srec_engine.cli.arguments import add_codec_arguments, add_json_argument, codec_options, whole_number
from srec_engine.cli.bench_jpegs import measured_jpegs, print_jpegs
from srec_engine.cli.exit_codes import OK
from srec_engine.cli.text import format_table
from srec_engine.codec.runtime import thread_count
from srec_engine.files import FileKind, find_files, identify
from srec_engine.resources import resource_path

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "sets", nargs="*", type=Path, metavar="FOLDER",
        help="folders of images, each a set of its own in the table (default: the sample photograph)",
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
        help="with --jpeg: list the N files that became smallest, and the N that became least so, by the first codec",
    )  # fmt: skip
    parser.add_argument(
        "--markdown", action="store_true", help="print one table for all sets, as docs/models.md has it"
    )
    add_codec_arguments(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; returns the exit code."""
    if arguments.jpeg:
        print_jpegs(measured_jpegs(arguments), arguments, _machine(arguments))
        return OK
    options = codec_options(arguments)
    sets: list[Path] = arguments.sets or [resource_path("sample")]
    results: dict[str, list[Measurement]] = {}
    for folder in sets:
        paths = [path for path in find_files([folder]) if identify(path) == FileKind.IMAGE]
        for codec in arguments.codecs.split(",") if arguments.codecs else CODEC_NAMES:
            print(f"{folder.name}: {codec} on {len(paths)} images …", file=sys.stderr)
            results.setdefault(folder.name, []).append(measure_in_process(codec, paths, options))
    if arguments.json:
        document = {name: [asdict(measurement) for measurement in row] for name, row in results.items()}
        print(json.dumps(document, indent=1, default=str))
    elif arguments.markdown:
        print(_markdown(results))
    else:
        print(f"Machine: {_machine(arguments)}")
        for name, measurements in results.items():
            print(f"\n{name} ({measurements[0].megapixels:.1f} megapixels)\n{_table(measurements)}")
            if any(measurement.encode_stages for measurement in measurements):
                print(f"\n{_stage_table(measurements)}")
    return OK


def _machine(arguments: argparse.Namespace) -> str:
    """What everything was measured on."""
    return f"{_processor()}, {thread_count(codec_options(arguments))} threads, {platform.platform()}"


def _processor() -> str:
    """Name of the processor where the system tells it, else its architecture."""
    description = Path("/proc/cpuinfo")
    lines = description.read_text(encoding="utf-8").splitlines() if description.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def _markdown(results: Mapping[str, Sequence[Measurement]]) -> str:
    """A row for each codec: mean bpsp of each set, bytes of all, and speed over all."""
    heading = ["codec", *results, "all bytes", "enc s/MP", "dec s/MP"]
    lines = [f"| {' | '.join(heading)} |", f"|---|{'--:|' * (len(heading) - 1)}"]
    for row in zip(*results.values(), strict=True):
        megapixels = sum(measurement.megapixels for measurement in row)
        encode, decode = (
            sum(getattr(measurement, speed) * measurement.megapixels for measurement in row) / megapixels
            for speed in ("encode_speed", "decode_speed")
        )
        cells = [row[0].codec, *(f"{measurement.bpsp:.3f}" for measurement in row)]
        cells += [f"{sum(measurement.file_bytes for measurement in row):,}", f"{encode:.2f}", f"{decode:.2f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _table(measurements: Sequence[Measurement]) -> str:
    heading = ["codec", "bytes", "bpsp", "enc s/MP", "dec s/MP", "peak MB", "over model"]
    rows = [
        [
            result.codec,
            str(result.file_bytes),
            f"{result.bpsp:.3f}",
            f"{result.encode_speed:.2f}",
            f"{result.decode_speed:.2f}",
            f"{result.peak_memory / 1e6:.0f}",
            f"{100 * result.overhead:.2f} %" if result.overhead else "",
        ]
        for result in measurements
    ]
    return format_table([heading, *rows], [False, *[True] * 6])


_STAGES = {
    "network": "network",
    "distributions": "distributions",
    "range_coder": "entropy coder",
    "adaptation": "adaptation",
    "second_reader": "second reader",
    "input_output": "I/O",
}


def _stage_table(measurements: Sequence[Measurement]) -> str:
    """Thread seconds per megapixel of our codec's stages."""
    rows = []
    for result in measurements:
        for direction, stages in (("encode", result.encode_stages), ("decode", result.decode_stages)):
            if stages is not None:
                seconds = stages.by_name(result.megapixels)
                rows.append([f"{result.codec} {direction}", *(f"{seconds[name]:.3f}" for name in _STAGES)])
    heading = ["thread seconds per megapixel", *_STAGES.values()]
    return format_table([heading, *rows], [False, *[True] * len(_STAGES)])
