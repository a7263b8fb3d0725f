"""Where the bytes of a file are, as people read it. Plain data, no widgets."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale

from srec_gui.analysis import UNREADABLE, Ledger, LedgerRow, Part
from srec_gui.inspect.words import number, scale_name
from srec_gui.wording import share

__all__ = ["Budget", "BudgetLine", "network_budget"]

_PARTS = (Part.REMAINDERS, Part.PIXEL_1, Part.PIXEL_2, Part.PIXEL_3, None)


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One part of the file.

    Attributes:
        name: For the person.
        scale, part, channel: What a click shows; None where there is nothing to show.
        group, label: What stands below it in a bar, with others, and in it.
        shade: Which of the shades of its scale it has.
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
    group: str = ""
    label: str = ""
    shade: int = 0
    channel: int | None = None
    channel_bytes: tuple[int, ...] = ()
    is_free: bool = False
    is_lost: bool = False

    @property
    def overhead(self) -> float | None:
        """Coded bytes over what the model says, as a share of that; None where there is no such number."""
        return 8 * self.coded_bytes / self.model_bits - 1 if self.model_bits else None


@dataclass(frozen=True, slots=True)
class Budget:
    """All parts of a file.

    Attributes:
        titles: Of the columns of a table.
        lines: The parts, in the order of the file, and their sum.
        cells: The texts of each line, made once: a table that is laid out asks for each of them many times.
        sums: What it comes to, in a sentence.
    """

    titles: tuple[str, ...]
    lines: tuple[BudgetLine, ...]
    cells: tuple[tuple[str, ...], ...]
    sums: str

    @property
    def parts(self) -> tuple[BudgetLine, ...]:
        """The lines without the sum; their bytes add up to it."""
        return self.lines[:-1]


def network_budget(ledger: Ledger) -> Budget:
    """The parts of a file that the network coded, over the channels; of others, those of the container."""
    titles = (
        *(_translate("Part"), _translate("Numbers"), _translate("Model, bytes"), _translate("Coded, bytes")),
        *(_translate("Overhead"), _translate("bpsp"), _translate("Share"), "R", "G", "B"),
    )
    lines = (*_lines(ledger), _sum(ledger))
    return Budget(titles, lines, tuple(_cells(line) for line in lines), _sums_text(ledger))


def _lines(ledger: Ledger) -> list[BudgetLine]:
    lines: list[BudgetLine] = []
    count = len(ledger.scales)
    for row in ledger.rows:
        if row.scale is None:
            scale = count if row.part == "base" else None
            lines.append(_line(_container_name(row.part), scale, None, [row], _group(row, count)))
        elif row.step is None:
            name = f"{scale_name(row.scale, count)}, {_translate('stream lengths')}"
            lines.append(_line(name, None, None, [row], _translate("Container")))
        elif row.channel == 0:
            rows = [other for other in ledger.of_scale(row.scale) if other.step == row.step]
            name = f"{scale_name(row.scale, count)}, {_step_name(row.step)}"
            lines.append(_line(name, row.scale, _PARTS[row.step], rows, scale_name(row.scale, count)))
    return lines


def _sums_text(ledger: Ledger) -> str:
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


def _group(row: LedgerRow, count: int) -> str:
    """What a part of the container is shown with."""
    if row.part == "base":
        return scale_name(count, count)
    return _container_name(row.part) if row.part == UNREADABLE else _translate("Container")


def _line(name: str, scale: int | None, part: Part | None, rows: list[LedgerRow], group: str) -> BudgetLine:
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
        group,
        _step_name(rows[0].step) if part is not None and rows[0].step is not None else "",
        # The base is as light as a first step, almost.
        rows[0].step if part is not None and rows[0].step is not None else 1,
        channel_bytes=tuple(row.coded_bytes for row in rows) if rows[0].channel is not None else (),
        is_free=rows[0].step == len(_PARTS) - 1,
        is_lost=rows[0].part == UNREADABLE,
    )


def _sum(ledger: Ledger) -> BudgetLine:
    return BudgetLine(
        _translate("File"),
        None,
        None,
        sum(row.samples for row in ledger.rows),
        sum(row.coded_bytes for row in ledger.rows),
        ledger.model_bits,
        sum(row.bpsp for row in ledger.rows),
        sum(row.share for row in ledger.rows),
    )


def _cells(line: BudgetLine) -> tuple[str, ...]:
    whole = QLocale().toString
    known = line.model_bits is not None
    channels = [whole(size) for size in line.channel_bytes] if not line.is_free else []
    return (
        line.name,
        whole(line.samples) if line.samples else "",
        number((line.model_bits or 0.0) / 8, 1) if known else "",
        whole(line.coded_bytes),
        share(line.overhead, 2) if line.overhead is not None else "",
        number(line.bpsp, 4),
        share(line.share),
        *channels,
        *("",) * (3 - len(channels)),
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
