"""The ledger as CSV and JSON, the same from the command line and from the window."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict

from srec_engine.analysis.ledger import CHANNEL_NAMES, Ledger, LedgerRow

__all__ = ["ledger_csv", "ledger_json"]

_COLUMNS = ("part", "scale", "channel", "samples", "model_bits", "coded_bytes", "bpsp", "share")


def ledger_csv(ledger: Ledger) -> str:
    """One line for each row, with a head line; empty cells where there is nothing to tell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_cells(row) for row in ledger.rows)
    return text.getvalue()


def ledger_json(ledger: Ledger) -> str:
    """An object with the picture's size, the file's bytes and `rows`."""
    return json.dumps(asdict(ledger), indent=2) + "\n"


def _cells(row: LedgerRow) -> tuple[object, ...]:
    channel = "" if row.channel is None else CHANNEL_NAMES[row.channel]
    scale = "" if row.scale is None else row.scale
    bits = "" if row.model_bits is None else f"{row.model_bits:.2f}"
    return row.part, scale, channel, row.samples, bits, row.coded_bytes, f"{row.bpsp:.6f}", f"{row.share:.6f}"
