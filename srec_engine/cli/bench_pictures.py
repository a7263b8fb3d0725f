"""`srec bench`: pictures by their pixels, beside other codecs, and the first codec against the last in per cent."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from srec_engine.benchmark.codecs import CODEC_NAMES
from srec_engine.benchmark.measure import ImageResult, Measurement, joined, measure_in_process
from srec_engine.benchmark.sets import DERIVATIONS, PictureSet, derived_set, named_folders, plain_set
from srec_engine.cli.bench_tables import chosen_codecs, extremes, format_change, markdown_table
from srec_engine.cli.text import format_table
from srec_engine.options import CodecOptions
from srec_engine.resources import resource_path

__all__ = ["Results", "measured_pictures", "print_pictures"]

Results = Mapping[str, Sequence[Measurement]]
"""The measurements of each set, in the order of the codecs."""

_STAGES = {
    "network": "network",
    "distributions": "distributions",
    "range_coder": "entropy coder",
    "adaptation": "adaptation",
    "second_reader": "second reader",
    "input_output": "I/O",
}


def measured_pictures(arguments: argparse.Namespace, options: CodecOptions) -> Results:
    """Measure every codec on every set.

    Raises:
        argparse.ArgumentTypeError: A codec was named that there is not, or only one where two are to be compared.
        SourceError: A folder holds no pictures.
    """
    codecs = chosen_codecs(arguments.codecs, CODEC_NAMES, "pictures", with_models=True)
    if arguments.worst and len(codecs) < 2:
        raise argparse.ArgumentTypeError("--worst compares the first codec with the last: name two")
    results: dict[str, list[Measurement]] = {}
    with tempfile.TemporaryDirectory(prefix="srec-bench-") as folder:
        for pictures in _sets(arguments, Path(folder)):
            for codec in codecs:
                print(f"{pictures.name}: {codec} on {len(pictures.files)} images …", file=sys.stderr)
                results.setdefault(pictures.name, []).append(measure_in_process(codec, pictures, options))
    return results


def _sets(arguments: argparse.Namespace, into: Path) -> list[PictureSet]:
    """All sets, before the first one is measured; what has to be made of pictures is put into a folder."""
    derived = {name: getattr(arguments, name) for name in DERIVATIONS if getattr(arguments, name)}
    folders = arguments.sets or ([] if derived else [resource_path("sample")])
    plain = named_folders(folders, taken=derived)
    return [
        *(plain_set(name, folder) for name, folder in plain.items()),
        *(derived_set(name, folder, into) for name, folder in derived.items()),
    ]


def print_pictures(results: Results, arguments: argparse.Namespace, machine: str) -> None:
    """Print what was measured, in the form that was asked for."""
    if arguments.json:
        document = {name: [asdict(measurement) for measurement in row] for name, row in results.items()}
        print(json.dumps(document, indent=1, default=str))
    elif arguments.markdown:
        print(f"Machine: {machine}")
        for table in _markdown(results, arguments.worst or 0):
            print(f"\n{table}")
    else:
        _print_text(results, arguments.worst or 0, machine)


def _print_text(results: Results, worst: int, machine: str) -> None:
    together = _together(results)
    print(f"Machine: {machine}")
    print(f"Libraries: {'; '.join(f'{whole.codec}: {whole.libraries}' for whole in together)}")
    for name, row in {**results, **({"all": together} if len(results) > 1 else {})}.items():
        print(f"\n{name} ({_extent(row[0])})\n{_table(row)}")
        if any(measurement.encode_stages for measurement in row):
            print(f"\n{_stage_table(row)}")
    if worst:
        rows = _extreme_rows(results, worst)
        print(f"\n{format_table(rows, [False, *[True] * (len(rows[0]) - 1)])}")


def _together(results: Results) -> list[Measurement]:
    """What each codec did on all sets."""
    return [joined(row) for row in zip(*results.values(), strict=True)]


def _extent(measurement: Measurement) -> str:
    return f"{len(measurement.images)} images, {measurement.megapixels:.1f} megapixels"


def _against(first: Measurement | ImageResult, other: Measurement | ImageResult) -> str:
    """By how much the files of the first are larger: "−2.7 %" where they are smaller."""
    return format_change(first.file_bytes / other.file_bytes - 1)


def _table(measurements: Sequence[Measurement]) -> str:
    first = measurements[0]
    heading = ["codec", "bytes", f"{first.codec} against it", "bpsp", "enc s/MP", "dec s/MP", "peak MB", "over model"]
    rows = [
        [
            result.codec,
            f"{result.file_bytes:,}",
            "" if result is first else _against(first, result),
            f"{result.bpsp:.3f}",
            f"{result.encode_speed:.2f}",
            f"{result.decode_speed:.2f}",
            f"{result.peak_memory / 1e6:.0f}",
            f"{100 * result.overhead:.2f} %" if result.overhead else "",
        ]
        for result in measurements
    ]
    return format_table([heading, *rows], [False, *[True] * (len(heading) - 1)])


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


def _markdown(results: Results, worst: int) -> list[str]:
    """Tables for docs/models.md: bits, bytes, what did the work and how fast, and the pictures at both ends."""
    together = _together(results)
    rows = {name: list(row) for name, row in results.items()} | {"all": together}
    tables = [_bits_table(rows), _bytes_table(rows), _codec_table(together)]
    if worst:
        tables.append(_extreme_rows(results, worst))
    return [markdown_table(table) for table in tables]


def _bits_table(rows: Results) -> list[list[str]]:
    """Mean bits per subpixel of the images of each set."""
    heading = ["bits per subpixel", "megapixels", *(result.codec for result in rows["all"])]
    return [
        heading,
        *(
            [f"{name} ({len(row[0].images)})", f"{row[0].megapixels:.1f}", *(f"{result.bpsp:.3f}" for result in row)]
            for name, row in rows.items()
        ),
    ]


def _bytes_table(rows: Results) -> list[list[str]]:
    """Bytes of each set, with the first codec against the last; under them the first against each."""
    first, *others = rows["all"]
    heading = ["bytes", *(result.codec for result in rows["all"])]
    table = [[name, *(f"{result.file_bytes:,}" for result in row)] for name, row in rows.items()]
    if not others:
        return [heading, *table]
    heading.append(f"{first.codec} against {others[-1].codec}")
    for cells, row in zip(table, rows.values(), strict=True):
        cells.append(_against(row[0], row[-1]))
    return [heading, *table, [f"{first.codec} against it", "", *(_against(first, other) for other in others), ""]]


def _codec_table(together: Sequence[Measurement]) -> list[list[str]]:
    """What did the work, and its speed over all sets."""
    cells = [
        [result.codec, result.libraries, f"{result.encode_speed:.2f}", f"{result.decode_speed:.2f}"]
        for result in together
    ]
    return [["codec", "library", "enc s/MP", "dec s/MP"], *cells]


def _extreme_rows(results: Results, count: int) -> list[list[str]]:
    """The pictures that the first codec makes smallest beside the last one, and those it makes least so."""
    pairs = [
        (name, first, last)
        for name, row in results.items()
        for first, last in zip(row[0].images, row[-1].images, strict=True)
    ]
    first, *_, last = next(iter(results.values()))
    heading = ["picture", first.codec, last.codec, f"{first.codec} against {last.codec}"]
    return [
        heading,
        *(
            [f"{name}/{one.path.name}", f"{one.file_bytes:,}", f"{other.file_bytes:,}", _against(one, other)]
            for name, one, other in extremes(pairs, lambda pair: pair[1].file_bytes / pair[2].file_bytes, count)
        ),
    ]
