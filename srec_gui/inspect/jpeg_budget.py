"""What each part of a JPEG took, and what it takes in the `.srec`, as people read it. Plain data, no widgets."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLocale

from srec_gui.analysis import JpegPart, Part
from srec_gui.engine import FileInfo
from srec_gui.inspect.budget import Budget, BudgetLine, network_budget
from srec_gui.inspect.session import Session
from srec_gui.inspect.source_parts import headline, whole_bytes
from srec_gui.inspect.words import Names, number
from srec_gui.wording import share

__all__ = ["budget_of", "jpeg_budget"]


def budget_of(session: Session) -> Budget | None:
    """The parts of the file that is open; None before they are known."""
    if session.inspection is None or session.ledger is None:
        return None
    if not session.names.of_jpeg:
        return network_budget(session.ledger)
    return jpeg_budget(session.parts, session.inspection.info, session.names) if session.parts else None


def jpeg_budget(parts: Sequence[JpegPart], info: FileInfo, names: Names) -> Budget:
    """The parts of a JPEG whose coefficients our coder packed."""
    form = info.source_format or "JPEG"
    titles = (
        _translate("Part"),
        _translate("%1, bytes").replace("%1", form),
        _translate("Share"),
        _translate("Packed, bytes"),
        _translate("Share"),
        _translate("Change"),
        _translate("bpsp"),
    )
    before = whole_bytes([part.bits for part in parts])
    after = whole_bytes([part.packed_bits or 0 for part in parts])
    lines = [_line(part, size, info, names) for part, size in zip(parts, after, strict=True)]
    cells = [_cells(*row) for row in zip(lines, before, _shares(parts), strict=True)]
    whole = sum(before)
    lines.append(BudgetLine(_translate("File"), None, None, 0, info.file_bytes, None, info.bpsp, 1.0))
    cells.append(_cells(lines[-1], whole, 1.0))
    return Budget(titles, tuple(lines), tuple(cells), headline(info, parts))


def _line(part: JpegPart, size: int, info: FileInfo, names: Names) -> BudgetLine:
    is_coded = part.scale is not None
    channel = names.channels.index(part.channel) if is_coded else None
    bits = part.packed_bits or 0
    return BudgetLine(
        part.name[:1].upper() + part.name[1:],
        part.scale,
        Part.BAND if is_coded else None,
        0,
        size,
        None,
        bits / 8 / info.file_bytes * info.bpsp,
        bits / 8 / info.file_bytes,
        names.scale(part.scale) if part.scale is not None else _translate("Around it"),
        part.channel,
        1 + (channel or 0),
        channel if len(names.channels) > 1 else None,
    )


def _cells(line: BudgetLine, before: int, source_share: float) -> tuple[str, ...]:
    whole = QLocale().toString
    is_packed = bool(line.coded_bytes)
    return (
        line.name,
        whole(before) if before else "",
        share(source_share) if before else "",
        whole(line.coded_bytes) if is_packed else "",
        share(line.share) if is_packed else "",
        _change(before, line.coded_bytes) if before and is_packed else "",
        number(line.bpsp, 4) if is_packed else "",
    )


def _change(before: int, after: int) -> str:
    text = share(after / before - 1)
    return text if after < before else f"+{text}"


def _shares(parts: Sequence[JpegPart]) -> list[float]:
    whole = sum(part.bits for part in parts) or 1
    return [part.bits / whole for part in parts]


def _translate(text: str) -> str:
    return QCoreApplication.translate("inspect", text)
