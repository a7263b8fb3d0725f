"""What the tables of `srec bench` have in common, those of pictures and those of JPEG files."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["chosen_codecs", "extremes", "format_change", "markdown_table"]

Row = TypeVar("Row")


def chosen_codecs(text: str | None, known: Sequence[str], what: str, with_models: bool = False) -> list[str]:
    """The codecs that were asked for, or all that are known.

    Args:
        text: Their names with commas between, if any were asked for.
        known: The names that there are.
        what: The codecs are for, for the person.
        with_models: Whether ours may have the name of a model behind a colon.

    Raises:
        argparse.ArgumentTypeError: There is no such codec.
    """
    codecs = text.split(",") if text else list(known)
    for codec in codecs:
        if codec not in known and not (with_models and codec.startswith("srec:")):
            raise argparse.ArgumentTypeError(f"there is no codec {codec!r} for {what}; choose from {', '.join(known)}")
    return codecs


def extremes(rows: Sequence[Row], change: Callable[[Row], float], count: int) -> list[Row]:
    """The `count` rows that became smallest, and the `count` that became least so, by `change`; none twice."""
    ordered = sorted(rows, key=change)
    return [*ordered[:count], *ordered[count:][-count:]]


def format_change(change: float) -> str:
    """A change of size: -0.219 is "−21.9 %"."""
    return f"{100 * change:+.1f} %".replace("-", "−")


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text as a table of Markdown; the first row is the heading, and all columns but the first are numbers."""
    heading, *others = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([heading, f"|---|{'--:|' * (len(rows[0]) - 1)}", *others])
