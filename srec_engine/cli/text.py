"""Numbers and tables as text."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["format_bytes", "format_share", "format_table"]


def format_bytes(count: int) -> str:
    """Bytes in the unit that leaves one to four digits before the point: "812 B", "3.4 KiB", "12.0 MiB"."""
    if count < 1024:
        return f"{count} B"
    size = float(count)
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if size < 1024:
            return f"{size:.1f} {unit}"
    return f"{size / 1024:.1f} TiB"


def format_share(share: float) -> str:
    """A share of the whole in percent: 0.1234 is "12.3 %"."""
    return f"{100 * share:.1f} %"


def format_table(rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> str:
    """Rows of text as aligned columns; the first row is the heading.

    Args:
        rows: All of the same length.
        numeric: For each column, whether it is aligned to the right.
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(numeric))]
    lines = ["  ".join(_cells(row, widths, numeric)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _cells(row: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> list[str]:
    return [
        cell.rjust(width) if right else cell.ljust(width)
        for cell, width, right in zip(row, widths, numeric, strict=True)
    ]
