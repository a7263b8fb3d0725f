"""The ledger as people read it: one line for each part, over the channels. Plain data, no widgets."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale

from srec_gui.analysis import UNREADABLE, Ledger, LedgerRow, Part
from srec_gui.inspect.words import scale_name
from srec_gui.wording import share

__all__ = ["BudgetLine", "budget_lines", "step_name", "sums_text"]

_PARTS = (Part.REMAINDERS, Part.PIXEL_1, Part.PIXEL_2, Part.PIXEL_3, None)


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One part of the file.

    Attributes:
        name: For the person.
        scale, part: What a click shows; None where there is nothing to show.
        samples: Numbers that are coded.
        coded_bytes: In the file.
        model_bits: What the distributions say they cost; None where that is not known or there are none.
        bpsp, share: Of the coded bytes.
        channel_bytes: Coded bytes of R, G, B; empty where that is not told apart.
        is_free: Whether it follows from the sum and takes no bits.
        is_lost: Whether these bytes cannot be read.
    """

    name: str
    scale: int | None
    part: Part | None
    samples: int
    coded_bytes: int
    model_bits: float | None
    bpsp: float
    share: float
    channel_bytes: tuple[int, ...] = ()
    is_free: bool = False
    is_lost: bool = False

    @property
    def overhead(self) -> float | None:
        """Coded bytes over what the model says, as a share of that; None where there is no such number."""
        return 8 * self.coded_bytes / self.model_bits - 1 if self.model_bits else None


def budget_lines(ledger: Ledger) -> list[BudgetLine]:
    """The lines, in the order of the file; their bytes add up to it."""
    lines: list[BudgetLine] = []
    count = len(ledger.scales)
    for row in ledger.rows:
        if row.scale is None:
            scale = count if row.part == "base" else None
            lines.append(_line(_container_name(row.part), scale, None, [row]))
        elif row.step is None:
            lines.append(_line(f"{scale_name(row.scale, count)}, {_translate('stream lengths')}", None, None, [row]))
        elif row.channel == 0:
            rows = [other for other in ledger.of_scale(row.scale) if other.step == row.step]
            part = _PARTS[row.step]
            lines.append(_line(f"{scale_name(row.scale, count)}, {_step_name(row.step)}", row.scale, part, rows))
    return lines


def sums_text(ledger: Ledger) -> str:
    """Model against coder, and what the rest of the file takes, in a sentence."""
    whole = QLocale().toString
    if not ledger.stream_bytes:
        return _translate("%1 bytes, without network").replace("%1", whole(ledger.file_bytes))
    bits, overhead = ledger.model_bits, ledger.overhead
    parts = [] if bits is None else [_translate("model %1").replace("%1", whole(round(bits / 8)))]
    more = "" if overhead is None else f" ({share(overhead, 2)})"
    parts += [
        _translate("coded %1%2").replace("%1", whole(ledger.stream_bytes)).replace("%2", more),
        _translate("everything else %1").replace("%1", whole(ledger.file_bytes - ledger.stream_bytes)),
        _translate("file %1 bytes").replace("%1", whole(ledger.file_bytes)),
    ]
    return "  ·  ".join(parts)


def step_name(part: Part) -> str:
    """A coded step in two words."""
    return _step_name(_PARTS.index(part))


def _line(name: str, scale: int | None, part: Part | None, rows: list[LedgerRow]) -> BudgetLine:
    bits = [row.model_bits for row in rows if row.model_bits is not None]
    return BudgetLine(
        name,
        scale,
        part,
        sum(row.samples for row in rows),
        sum(row.coded_bytes for row in rows),
        sum(bits) if len(bits) == len(rows) else None,
        sum(row.bpsp for row in rows),
        sum(row.share for row in rows),
        tuple(row.coded_bytes for row in rows) if rows[0].channel is not None else (),
        is_free=rows[0].step == len(_PARTS) - 1,
        is_lost=rows[0].part == UNREADABLE,
    )


def _container_name(part: str) -> str:
    names = {
        "header": _translate("Header"),
        "metadata": _translate("Metadata"),
        "planes": _translate("Other planes (alpha, palette)"),
        "index": _translate("Index of chunks"),
        "base": _translate("Base, without network"),
        "adaptation": _translate("Adaptation to this picture"),
        "body": _translate("Picture"),
        "checksum": _translate("Checksum of the pixels"),
        "surplus": _translate("After the end"),
        UNREADABLE: _translate("Unreadable chunks"),
    }
    return names.get(part, part)


def _step_name(step: int) -> str:
    return (
        _translate("remainders"),
        _translate("pixel 1"),
        _translate("pixel 2"),
        _translate("pixel 3"),
        _translate("pixel 4 (free)"),
    )[step]


def _translate(text: str) -> str:
    return QCoreApplication.translate("inspect", text)
