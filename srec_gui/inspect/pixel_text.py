"""A pixel's readout in words, for the panel and for the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from srec_gui.inspect.words import number

if TYPE_CHECKING:
    from srec_engine import Distribution, PixelReadout

__all__ = ["channel_text", "figures", "given_name", "pixel_report", "step_name", "sum_text", "sum_working"]

_FREE_STEP = 4


def step_name(step: int) -> str:
    """Which pixel of its block: 1, 2, 3, or 4, which follows from the sum."""
    return (
        _translate("Pixel 1 of its block, top left"),
        _translate("Pixel 2 of its block, top right"),
        _translate("Pixel 3 of its block, bottom left"),
        _translate("Pixel 4 follows from the sum: 0 bits"),
    )[step - 1]


def given_name(index: int, channels: int) -> str:
    """A channel with what was known before it."""
    if channels == 1:
        return _translate("Grey")
    return (_translate("R"), _translate("G given R"), _translate("B given R and G"))[index]


def figures(told: Distribution) -> tuple[tuple[str, str], ...]:
    """The numbers of one channel, each with its title."""
    return (
        (_translate("p"), number(told.probability, 3)),
        (_translate("cost"), number(told.cost)),
        (_translate("expected"), number(told.entropy)),
        (_translate("mean"), number(told.mean, 1)),
        (_translate("most likely"), number(told.most_likely, 0)),
    )


def sum_working(told: PixelReadout, channel: int) -> str:
    """How the fourth pixel of a block follows from the sum: "4 × 57 + 1 − 50 − 60 − 55 = 64"."""
    *before, last = (pixel[channel] for pixel in told.block)
    remainder = told.remainders[channel].actual
    rounded = (sum(before) + last - remainder) // 4
    sign = "−" if remainder < 0 else "+"
    taken = "".join(f" − {value}" for value in before)
    return f"4 × {rounded} {sign} {abs(remainder)}{taken} = {last}"


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
    names = ("R", "G", "B") if len(told.channels) > 1 else (given_name(0, 1),)
    if told.step == _FREE_STEP:
        lines += [f"{name}: {sum_working(told, index)}" for index, name in enumerate(names)]
    for index, channel in enumerate(told.channels if told.step != _FREE_STEP else ()):
        allowed = _translate("allowed %1 to %2").replace("%1", str(channel.lowest)).replace("%2", str(channel.highest))
        numbers = channel_text(channel).replace("\n", "  ·  ")
        lines.append(f"{given_name(index, len(told.channels))}: {channel.actual}  ·  {numbers}  ·  {allowed}")
    remainders = ", ".join(number(one.actual, 0) for one in told.remainders)
    lines.append(_translate("remainders of the block: %1").replace("%1", remainders))
    return "\n".join([*lines, sum_text(told)])


def _translate(text: str) -> str:
    return QCoreApplication.translate("inspect", text)
