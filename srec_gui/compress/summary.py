"""What a batch has come to, in one line for each kind of end: counted, and named where somebody may want to look."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLocale

from srec_gui.compress.estimate import Totals
from srec_gui.compress.item import Item, State
from srec_gui.compress.sentences import saved_text
from srec_gui.wording import counted, duration, shortened, shown_name

__all__ = ["summary_lines"]

translate = QCoreApplication.translate

_NAMED = 2
"""Names in a line. One more is said, too: "and 1 more" would take the same room."""


def summary_lines(items: Sequence[Item], totals: Totals, seconds: float) -> tuple[str, ...]:
    """The lines about a batch of `items` that took `seconds`: what was made of it first, what went wrong last."""
    lines = [_compressed_line(totals, seconds), _expanded_line(totals, seconds)]
    lines += [_line_of(state, [item for item in items if item.state is state]) for state in _ENDS]
    return tuple(line for line in lines if line)


_ENDS = (State.LEFT, State.SKIPPED, State.CANCELLED, State.FAILED)
"""Ends of items of which there is no result, in the order of their lines."""


def _compressed_line(totals: Totals, seconds: float) -> str:
    text = counted(
        totals.compressed,
        translate("compress", "One picture compressed in %2"),
        translate("compress", "%1 pictures compressed in %2"),
    )
    text = text.replace("%2", duration(seconds))
    return f"{text}: {saved_text(totals)}" if totals.compressed else ""


def _expanded_line(totals: Totals, seconds: float) -> str:
    text = counted(
        totals.expanded,
        translate("compress", "One file expanded in %2"),
        translate("compress", "%1 files expanded in %2"),
    )
    return text.replace("%2", duration(seconds)) if totals.expanded else ""


def _line_of(state: State, items: Sequence[Item]) -> str:
    if not items:
        return ""
    text = {
        State.LEFT: translate("compress", "%1 left alone, since nothing would be gained: %2"),
        State.SKIPPED: translate("compress", "%1 skipped, since a file of that name exists: %2"),
        State.CANCELLED: translate("compress", "%1 stopped: %2"),
        State.FAILED: translate("compress", "%1 failed: %2"),
    }[state]
    return text.replace("%1", QLocale().toString(len(items))).replace("%2", _names(items))


def _names(items: Sequence[Item]) -> str:
    """Names as far as a line has room for them: "a.jpg, b.jpg and 22 more"."""
    shown = items if len(items) <= _NAMED + 1 else items[:_NAMED]
    text = ", ".join(shortened(shown_name(item.source)) for item in shown)
    if len(shown) == len(items):
        return text
    more = translate("compress", "%1 and %2 more")
    return more.replace("%2", QLocale().toString(len(items) - len(shown))).replace("%1", text)
