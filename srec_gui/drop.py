"""What is shown while files are dragged over the window: two halves that say what dropping here will do."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from srec_gui.colours import colours
from srec_gui.icons import draw_icon
from srec_gui.wording import counted

__all__ = ["Cargo", "DropOverlay", "Half", "dropped_paths"]

_SREC_SUFFIX = ".srec"
_LARGE = 0.66
_MARGIN = 14
_RADIUS = 12
_ICON = 56


class Half(StrEnum):
    """Where something is dropped."""

    COMPRESS = "compress"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Cargo:
    """What is being dragged, by name only: nothing is looked up on a disk that may be slow.

    Attributes:
        packed: Number of `.srec` files.
        others: Number of everything else, folders too.
    """

    packed: int
    others: int

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Cargo:
        """Count `paths`."""
        suffixes = [path.suffix.lower() == _SREC_SUFFIX for path in paths]
        return cls(sum(suffixes), len(suffixes) - sum(suffixes))

    @property
    def only_packed(self) -> bool:
        """Whether there are `.srec` files and nothing else."""
        return self.packed > 0 and self.others == 0

    @property
    def compress_share(self) -> float:
        """Share of the window that the compressing half takes: a careless drop shall do the likely thing."""
        if self.only_packed:
            return 1 - _LARGE
        return 0.5 if self.packed else _LARGE


def dropped_paths(data: QMimeData) -> list[Path]:
    """The local files and folders of a drop or of the clipboard."""
    return [_local_path(url) for url in data.urls() if url.isLocalFile()]


def _local_path(url: QUrl) -> Path:
    """The file of a URL, whatever bytes its name is made of: Qt replaces those that are not UTF-8 by others."""
    path = url.toLocalFile()
    if "\ufffd" in path and os.name == "posix":
        encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
        return Path(os.fsdecode(unquote_to_bytes(encoded)))
    return Path(path)


class DropOverlay(QWidget):
    """Covers the window while something is dragged over it. Takes no events itself."""

    def __init__(self, parent: QWidget) -> None:
        """A hidden overlay of `parent`."""
        super().__init__(parent)
        self._covered = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Drop to compress or to open"))
        self._cargo = Cargo(0, 0)
        self._share = 0.5
        self._half: Half | None = None
        self.hide()

    @property
    def half(self) -> Half | None:
        """The half under the pointer."""
        return self._half

    def show_for(self, cargo: Cargo, *, viewing: bool = False) -> None:
        """Appear for what is dragged; for somebody who is `viewing` pictures, opening is the likely thing."""
        self._cargo = cargo
        self._share = 1 - _LARGE if viewing else cargo.compress_share
        self._half = None
        self.setGeometry(self._covered.rect())
        self.raise_()
        self.show()

    def move_to(self, position: QPointF) -> Half:
        """The pointer is at `position` of the window; returns the half that it is in."""
        half = Half.COMPRESS if position.x() < self.width() * self._share else Half.OPEN
        if half is not self._half:
            self._half = half
            self.update()
        return half

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the two halves."""
        shades = colours()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), QColor(shades.window))
            split = self.width() * self._share
            area = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
            left = QRectF(area.left(), area.top(), split - _MARGIN * 1.5, area.height())
            right = QRectF(split + _MARGIN / 2, area.top(), area.right() - split - _MARGIN / 2, area.height())
            name = "expand" if self._cargo.only_packed else "compress"
            self._paint_half(painter, left, name, self._compress_words(), active=self._half is Half.COMPRESS)
            self._paint_half(painter, right, "view", self._open_words(), active=self._half is Half.OPEN)

    def _compress_words(self) -> tuple[str, str]:
        cargo = self._cargo
        if cargo.only_packed:
            return self.tr("Expand"), counted(
                cargo.packed,
                self.tr("The .srec file becomes an ordinary picture"),
                self.tr("%1 .srec files become ordinary pictures"),
            )
        if cargo.packed:
            return self.tr("Compress"), self.tr("Pictures become .srec files; .srec files open")
        return self.tr("Compress"), counted(
            cargo.others,
            self.tr("The picture becomes a .srec file"),
            self.tr("%1 pictures or folders become .srec files"),
        )

    def _open_words(self) -> tuple[str, str]:
        return self.tr("Open"), self.tr("Just look at it") if self._count() == 1 else self.tr("Just look at them")

    def _count(self) -> int:
        return self._cargo.packed + self._cargo.others

    def _paint_half(
        self, painter: QPainter, box: QRectF, icon_name: str, words: tuple[str, str], *, active: bool
    ) -> None:
        shades = colours()
        accent = QColor(shades.accent)
        pen = QPen(accent if active else QColor(shades.faint), 2)
        pen.setStyle(Qt.PenStyle.SolidLine if active else Qt.PenStyle.DashLine)
        ground = QColor(accent)
        ground.setAlphaF(0.14 if active else 0.0)
        painter.setPen(pen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        middle = box.center()
        place = QRectF(middle.x() - _ICON / 2, middle.y() - _ICON - 14, _ICON, _ICON)
        draw_icon(painter, place, icon_name, accent if active else QColor(shades.faint))
        title = QFont(self.font())
        title.setPointSizeF(title.pointSizeF() * 1.6)
        top = middle.y() + 4
        for font, text, colour in ((title, words[0], shades.text), (self.font(), words[1], shades.faint)):
            height = QFontMetrics(font).height() + 6
            painter.setFont(font)
            painter.setPen(QColor(colour))
            line = QRectF(box.left() + 12, top, box.width() - 24, 2 * height)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(line, int(flags), text)
            top += height
