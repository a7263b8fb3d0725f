"""A pixel's readout in words, for the panel and for the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from srec_gui.inspect.words import number

if TYPE_CHECKING:
    from srec_engine import Distribution, PixelReadout

__all__ = ["channel_text", "given_name", "pixel_report", "step_name", "sum_text"]


def step_name(step: int) -> str:
    """Which pixel of its block: 1, 2, 3, or 4, which follows from the sum."""
    return (
        _translate("Pixel 1 of its block, top left"),
        _translate("Pixel 2 of its block, top right"),
        _translate("Pixel 3 of its block, bottom left"),
        _translate("Pixel 4 of its block: follows from the sum, 0 bits"),
    )[step - 1]


def given_name(index: int, channels: int) -> str:
    """A channel with what was known before it."""
    if channels == 1:
        return _translate("Grey")
    return (_translate("R"), _translate("G given R"), _translate("B given R and G"))[index]


def channel_text(told: Distribution) -> str:
    """The numbers of one channel in two lines."""
    return (
        _translate("p %1  ·  cost %2  ·  expected %3 bits\nmean %4  ·  most likely %5")
        .replace("%1", number(told.probability, 3))
        .replace("%2", number(told.cost))
        .replace("%3", number(told.entropy))
        .replace("%4", number(told.mean, 1))
        .replace("%5", number(told.most_likely, 0))
    )


def sum_text(told: PixelReadout) -> str:
    """What the pixel and its block cost."""
    return (
        _translate("Pixel %1 bits, block of four %2 bits, of which remainders %3")
        .replace("%1", number(sum(one.cost for one in told.channels)))
        .replace("%2", number(told.block_bits))
        .replace("%3", number(sum(one.cost for one in told.remainders)))
    )


def pixel_report(told: PixelReadout, name: str, scale: str) -> str:
    """All of a pixel as lines of text: `name` is the file's, `scale` the scale's."""
    where = _translate("x %1, y %2").replace("%1", str(told.x)).replace("%2", str(told.y))
    lines = [f"{name}, {scale}, {where}", step_name(told.step)]
    for index, channel in enumerate(told.channels):
        allowed = _translate("allowed %1 to %2").replace("%1", str(channel.lowest)).replace("%2", str(channel.highest))
        numbers = channel_text(channel).replace("\n", "  ·  ")
        lines.append(f"{given_name(index, len(told.channels))}: {channel.actual}  ·  {numbers}  ·  {allowed}")
    remainders = ", ".join(number(one.actual, 0) for one in told.remainders)
    lines.append(_translate("remainders of the block: %1").replace("%1", remainders))
    return "\n".join([*lines, sum_text(told)])


def _translate(text: str) -> str:
    return QCoreApplication.translate("inspect", text)
