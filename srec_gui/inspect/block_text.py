"""A block's readout in words, for the panel and for the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from srec_gui.inspect.words import Names, number

if TYPE_CHECKING:
    from srec_engine import BlockChannel, BlockReadout

__all__ = ["block_place", "block_report", "coefficient_text", "expected_text"]

_SIDE = 8


def block_place(channel: BlockChannel) -> str:
    """Which block of a channel it is."""
    text = _translate("Block %1, %2 of %3").replace("%1", str(channel.column)).replace("%2", str(channel.row))
    return text.replace("%3", channel.name)


def expected_text(told: BlockReadout, channel: BlockChannel, row: int, column: int) -> str:
    """What was expected of a coefficient, "" where that is not known or nothing was to be coded."""
    if row == column == 0 and not told.expects_means:
        return ""
    return number(channel.expected[row, column], 1) if channel.bits[row, column] else ""


def coefficient_text(told: BlockReadout, channel: BlockChannel, row: int, column: int) -> str:
    """Everything about one coefficient, in lines."""
    kind = _translate("The mean") if row == column == 0 else _translate("%1 half-waves across, %2 down")
    lines = [f"{channel.name}: {kind.replace('%1', str(column)).replace('%2', str(row))}"]
    actual, bits = int(channel.actual[row, column]), float(channel.bits[row, column])
    step = int(channel.steps[row, column])
    text = _translate("was %1 steps of %2").replace("%1", number(actual, 0)).replace("%2", str(step))
    lines.append(text)
    expected = expected_text(told, channel, row, column)
    if expected:
        lines.append(_translate("expected %1").replace("%1", expected))
    if not bits:
        lines.append(_translate("not coded: all that were not zero had come before"))
    elif row == column == 0:
        text = _translate("%1 bits, with how many coefficients are not zero").replace("%1", number(bits))
        lines.append(text)
    else:
        lines.append(_translate("%1 bits").replace("%1", number(bits)))
    return "\n".join(lines)


def block_report(told: BlockReadout, name: str, names: Names) -> str:
    """All of a block as lines of text: `name` is the file's."""
    where = _translate("x %1, y %2").replace("%1", str(told.x)).replace("%2", str(told.y))
    lines = [f"{name}, {names.scale(told.scale)}, {where}"]
    for channel in told.channels:
        bits = _translate("%1 bits").replace("%1", number(channel.bits.sum()))
        lines += ["", f"{block_place(channel)}: {bits}"]
        for title, values, digits in (
            (_translate("was, in steps"), channel.actual, 0),
            (_translate("expected, in steps"), channel.expected, 1),
            (_translate("bits"), channel.bits, 1),
        ):
            lines.append(f"{title}:")
            lines += ["\t".join(number(value, digits) for value in row) for row in values.tolist()]
    lines += ["", _translate("All together: %1 bits").replace("%1", number(told.bits))]
    return "\n".join(lines)


def _translate(text: str) -> str:
    return QCoreApplication.translate("inspect", text)
