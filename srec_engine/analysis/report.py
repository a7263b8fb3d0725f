"""The ledger, and the parts of a JPEG, as CSV and JSON: the same from the command line and from the window."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from srec_engine.analysis.jpeg_parts import JpegPart
from srec_engine.analysis.ledger import CHANNEL_NAMES, Ledger, LedgerRow

__all__ = ["ledger_csv", "ledger_json", "parts_csv", "parts_json"]

_COLUMNS = ("part", "scale", "channel", "samples", "model_bits", "coded_bytes", "bpsp", "share")


def ledger_csv(ledger: Ledger) -> str:
    """One line for each row, with a head line; empty cells where there is nothing to tell."""
    return _csv([_COLUMNS, *(_cells(row) for row in ledger.rows)])


def ledger_json(ledger: Ledger) -> str:
    """An object with the picture's size, the file's bytes and `rows`."""
    return json.dumps(asdict(ledger), indent=2) + "\n"


def parts_csv(parts: Sequence[JpegPart]) -> str:
    """One line for each part, with a head line: its bits in the JPEG, and in the `.srec` where that is told apart."""
    lines = (
        (part.kind.value, part.channel, *(part.band or ("", "")), part.bits, _or_empty(part.packed_bits))
        for part in parts
    )
    return _csv([("part", "channel", "first", "last", "bits", "packed_bits"), *lines])


def parts_json(parts: Sequence[JpegPart]) -> str:
    """An object with `parts`."""
    return json.dumps({"parts": [asdict(part) for part in parts]}, indent=2) + "\n"


def _csv(lines: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def _or_empty(number: int | None) -> object:
    return "" if number is None else number


def _cells(row: LedgerRow) -> tuple[object, ...]:
    channel = "" if row.channel is None else CHANNEL_NAMES[row.channel]
    scale = "" if row.scale is None else row.scale
    bits = "" if row.model_bits is None else f"{row.model_bits:.2f}"
    return row.part, scale, channel, row.samples, bits, row.coded_bytes, f"{row.bpsp:.6f}", f"{row.share:.6f}"
