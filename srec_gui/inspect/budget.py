"""The ledger as people read it: one line for each part, over the channels. Plain data, no widgets."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from srec_gui.analysis import Ledger, LedgerRow, Part
from srec_gui.inspect.words import scale_name

__all__ = ["BudgetLine", "budget_lines"]

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
    )


def _container_name(part: str) -> str:
    names = {
        "header": _translate("Header"),
        "metadata": _translate("Metadata"),
        "planes": _translate("Other planes (alpha, palette)"),
        "index": _translate("Index of chunks"),
        "base": _translate("Base, without network"),
        "body": _translate("Picture"),
        "checksum": _translate("Checksum of the pixels"),
        "surplus": _translate("After the end"),
        "unreadable chunks": _translate("Unreadable chunks"),
    }
    return names.get(part, part)


def _step_name(step: int) -> str:
    return (
        _translate("remainders"),
        _translate("pixel 1"),
        _translate("pixel 2"),
        _translate("pixel 3"),
        _translate("pixel 4, follows from the sum"),
    )[step]


def _translate(text: str) -> str:
    return QCoreApplication.translate("inspect", text)
