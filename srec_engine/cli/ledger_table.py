"""The ledger of a file as a table of text, for `srec info` and `srec inspect`."""

from __future__ import annotations

from collections.abc import Sequence

from srec_engine import JpegPart, Ledger, LedgerRow
from srec_engine.cli.text import format_share, format_table
from srec_engine.reports import CODED_STEPS

__all__ = ["format_jpeg_parts", "format_ledger", "format_scales"]

_COLUMNS = ("part", "samples", "model bits", "bytes", "bpsp", "share")
_NUMERIC = (False, True, True, True, True, True)
_NO_BITS = 2


def format_ledger(ledger: Ledger) -> str:
    """All rows of a ledger and their sum. Where no bits of the model are known, that column is left out."""
    rows = [_COLUMNS, *(_cells(row) for row in ledger.rows), _total(ledger)]
    keep = [True] * len(_COLUMNS)
    keep[_NO_BITS] = any(row.model_bits for row in ledger.rows)
    table = [[cell for cell, kept in zip(row, keep, strict=True) if kept] for row in rows]
    text = format_table(table, [numeric for numeric, kept in zip(_NUMERIC, keep, strict=True) if kept])
    return f"{text}\n{_comparison(ledger)}" if ledger.overhead is not None else text


def format_scales(ledger: Ledger) -> str:
    """A ledger on half a page: a line for each scale with its steps, then the other parts and the sum."""
    steps = CODED_STEPS if ledger.scales else ()
    rows = [("bytes of", *steps, "all", "bpsp", "share")]
    for scale in ledger.scales:
        cells = (str(ledger.bytes_of(scale, step)) for step in range(len(steps)))
        rows.append((f"scale {scale}", *cells, *_sum_cells(ledger.of_scale(scale))))
    for name, part in (*((row.name, [row]) for row in ledger.of_scale(None)), ("file", ledger.rows)):
        rows.append((name, *("" for _ in steps), *_sum_cells(part)))
    return format_table(rows, [False] + [True] * (len(rows[0]) - 1))


def format_jpeg_parts(parts: Sequence[JpegPart], packed_bytes: int) -> str:
    """Where the bytes of the JPEG are that a file holds, and what it is packed to: each part, where that is known."""
    total = sum(part.bits for part in parts)
    if any(part.packed_bits is not None for part in parts):
        return _format_comparison(parts, total, packed_bytes)
    rows = [("of the JPEG", "bytes", "share")]
    rows += [(part.name, f"{part.bits / 8:.0f}", format_share(part.bits / total)) for part in parts]
    rows.append(("JPEG", str(total // 8), format_share(1.0)))
    rows.append(("packed", str(packed_bytes), format_share(8 * packed_bytes / total)))
    return format_table(rows, [False, True, True])


def _format_comparison(parts: Sequence[JpegPart], total: int, packed_bytes: int) -> str:
    rows = [("of the JPEG", "bytes", "packed", "change", "share")]
    for part in parts:
        packed = part.packed_bits
        rows.append(
            (
                part.name,
                f"{part.bits / 8:.0f}" if part.bits else "",
                "" if packed is None else f"{packed / 8:.0f}",
                _change(part.bits, packed) if part.bits and packed is not None else "",
                "" if packed is None else format_share(packed / (8 * packed_bytes)),
            )
        )
    rows.append(("all", str(total // 8), str(packed_bytes), _change(total, 8 * packed_bytes), format_share(1.0)))
    return format_table(rows, [False, True, True, True, True])


def _change(before: int, after: int) -> str:
    return f"{100 * (after / before - 1):+.1f} %"


def _sum_cells(rows: Sequence[LedgerRow]) -> tuple[str, str, str]:
    """What rows take together: bytes, bpsp, share."""
    size, bpsp, share = (
        sum(column) for column in zip(*((row.coded_bytes, row.bpsp, row.share) for row in rows), strict=True)
    )
    return str(size), f"{bpsp:.4f}", format_share(share)


def _cells(row: LedgerRow) -> tuple[str, ...]:
    bits = "" if row.model_bits is None else f"{row.model_bits:.1f}"
    samples = str(row.samples) if row.samples else ""
    return row.name, samples, bits, str(row.coded_bytes), f"{row.bpsp:.4f}", format_share(row.share)


def _total(ledger: Ledger) -> tuple[str, ...]:
    bits = "" if ledger.model_bits is None else f"{ledger.model_bits:.1f}"
    samples = sum(row.samples for row in ledger.rows)
    bpsp = sum(row.bpsp for row in ledger.rows)
    return (
        *("file", str(samples) if samples else "", bits),
        *(str(ledger.file_bytes), f"{bpsp:.4f}", format_share(1.0)),
    )


def _comparison(ledger: Ledger) -> str:
    """Model against coder in a sentence."""
    model, overhead = (ledger.model_bits or 0.0) / 8, ledger.overhead or 0.0
    container = ledger.file_bytes - ledger.stream_bytes
    return (
        f"model {model:.1f} bytes, coded {ledger.stream_bytes} bytes ({100 * overhead:+.2f} %), "
        f"everything else {container} bytes"
    )
