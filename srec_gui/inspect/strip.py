"""The pyramid as a strip, coarse to fine: each scale with its picture, its bytes, its share."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from srec_gui.analysis import Layer, Part
from srec_gui.colours import colours
from srec_gui.inspect.choice import Chooser
from srec_gui.inspect.session import Session
from srec_gui.inspect.tile_images import image_of
from srec_gui.inspect.words import number
from srec_gui.wording import byte_size, share

__all__ = ["PyramidStrip"]

_HEIGHT = 106
_GAP = 26
_PICTURE = 104
_WIDE = 236
_MOST_PIXELS = 512


class PyramidStrip(QWidget):
    """One cell for each scale; a click chooses it."""

    def __init__(self, session: Session, chooser: Chooser, parent: QWidget | None = None) -> None:
        """Follow the session and the choice."""
        super().__init__(parent)
        self._session = session
        self._chooser = chooser
        self._pictures: dict[int, QImage] = {}
        self._composed: set[int] = set()
        self._facts: dict[int, tuple[str, str]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Scales, coarse to fine"))
        session.opened.connect(self._opened)
        session.tiles_changed.connect(self._look)
        session.ledger_changed.connect(self._tell)
        session.parts_read.connect(self._tell)
        chooser.changed.connect(self._describe)
        chooser.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as the pictures."""
        return QSize(640, _HEIGHT)

    def scales(self) -> list[int]:
        """The base and the coded scales, or the bands of a JPEG."""
        inspection = self._session.inspection
        return [] if inspection is None else list(inspection.shown_scales)

    def facts(self, scale: int) -> tuple[str, str]:
        """Two lines about a scale: its name and size, its bytes with share and bpsp."""
        return self._facts.get(scale, ("", ""))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the cells and the arrows between them."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            scales = self.scales()
            for position, scale in enumerate(scales):
                cell = self._cell(position)
                if position:
                    painter.setPen(QColor(colours().faint))
                    painter.drawText(
                        QRectF(cell.left() - _GAP, cell.top(), _GAP, cell.height()), Qt.AlignmentFlag.AlignCenter, "›"
                    )
                self._paint_cell(painter, cell, scale)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Choose the scale that was clicked."""
        for position, scale in enumerate(self.scales()):
            if self._cell(position).contains(event.position()):
                self._chooser.choose(scale=scale)

    def _cell(self, position: int) -> QRectF:
        count = max(1, len(self.scales()))
        width = min(float(_WIDE), (self.width() - 24 - _GAP * (count - 1)) / count)
        return QRectF(12 + position * (width + _GAP), 6, width, self.height() - 12)

    def _paint_cell(self, painter: QPainter, cell: QRectF, scale: int) -> None:
        chosen = scale == self._chooser.choice.scale
        ground = QColor(colours().accent if chosen else colours().text)
        ground.setAlphaF(0.14 if chosen else 0.04)
        painter.setPen(QPen(QColor(colours().accent), 1.4) if chosen else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(cell, 7, 7)
        inside = cell.adjusted(7, 7, -7, -7)
        picture = self._pictures.get(scale)
        text_left = inside.left()
        if cell.width() > 150:
            frame = QRectF(inside.left(), inside.top(), min(_PICTURE, inside.width() * 0.44), inside.height())
            text_left = frame.right() + 9
            if picture is not None:
                size = picture.size().scaled(frame.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
                target = QRectF(0, 0, size.width(), size.height())
                target.moveCenter(frame.center())
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, picture.width() > target.width())
                painter.drawImage(target, picture)
        self._paint_facts(painter, QRectF(text_left, inside.top(), inside.right() - text_left, inside.height()), scale)

    def _paint_facts(self, painter: QPainter, space: QRectF, scale: int) -> None:
        name, numbers = self.facts(scale)
        metrics = QFontMetricsF(painter.font())
        lines = [*name.split("  ·  "), *numbers.replace("  ·  ", "\n").split("\n")]
        top = space.top() + (space.height() - len(lines) * metrics.height()) / 2
        for index, line in enumerate(lines):
            painter.setPen(QColor(colours().text if index in (0, 2) else colours().faint))
            shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, space.width())
            row = QRectF(space.left(), top + index * metrics.height(), space.width(), metrics.height())
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, shown)

    def _opened(self) -> None:
        self._pictures.clear()
        self._composed.clear()
        base, inspection = self._session.base, self._session.inspection
        if base is not None and inspection is not None:
            coarse = _picture(base)
            # Bands of frequencies look alike when they are small: until more is known all look like the coarsest.
            alike = self.scales()[:1] if inspection.has_free_pixels else self.scales()
            self._pictures |= dict.fromkeys(alike, coarse)
        self._tell()
        self._describe()
        self.update()

    def _tell(self) -> None:
        """Put the facts in words, once for each news, not for each painting."""
        facts = {scale: self._facts_of(scale) for scale in self.scales()}
        if facts != self._facts:
            self._facts = facts
            self.update()

    def _facts_of(self, scale: int) -> tuple[str, str]:
        inspection = self._session.inspection
        if inspection is None or inspection.geometry is None:
            return "", ""
        height, width = inspection.geometry.scale_size(scale)
        name = f"{self._session.names.scale(scale)}  ·  {width} × {height}"
        if self._session.names.of_jpeg:
            return name, self._band_facts(scale)
        ledger = inspection.ledger
        rows = ledger.of_scale(scale) if scale in inspection.scales else [r for r in ledger.rows if r.part == "base"]
        size, bpsp = sum(row.coded_bytes for row in rows), sum(row.bpsp for row in rows)
        if not size:
            return name, self.tr("unreadable")
        return name, f"{byte_size(size)}  ·  {share(size / ledger.file_bytes)}\n{number(bpsp, 3)} bpsp"

    def _band_facts(self, scale: int) -> str:
        """What a band takes now, and what it took in the JPEG."""
        parts = [part for part in self._session.parts if part.scale == scale]
        if not parts:
            return ""
        before, after = sum(part.bits for part in parts), sum(part.packed_bits or 0 for part in parts)
        whole = sum(part.packed_bits or 0 for part in self._session.parts)
        now = f"{byte_size(round(after / 8))}  ·  {share(after / whole)}"
        return f"{now}\n{self.tr('JPEG: %1').replace('%1', byte_size(round(before / 8)))}"

    def _look(self) -> None:
        """Take up the pictures of scales that are complete now; fine ones look like the finest of those."""
        inspection = self._session.inspection
        if inspection is None or inspection.geometry is None:
            return
        for scale in inspection.scales:
            height, width = inspection.geometry.scale_size(scale)
            if scale not in self._composed and max(height, width) <= _MOST_PIXELS:
                self._compose(scale, height, width)

    def _compose(self, scale: int, height: int, width: int) -> None:
        inspection, tiles = self._session.inspection, self._session.store.of_scale(scale)
        if inspection is None or inspection.geometry is None or len(tiles) != inspection.geometry.tile_count:
            return
        whole = np.zeros((height, width, 3), np.uint8)
        for layers in tiles:
            plane = layers.plane(Layer.ACTUAL, Part.ALL, None)
            place = slice(layers.top, layers.top + layers.height), slice(layers.left, layers.left + layers.width)
            whole[place] = plane if plane.ndim == 3 else plane[..., None]
        finer = [other for other in inspection.scales if other <= scale]
        self._composed.add(scale)
        self._pictures |= dict.fromkeys(finer, _picture(whole))
        self.update()

    def _describe(self) -> None:
        if self.scales():
            self.setAccessibleDescription(", ".join(self.facts(self._chooser.choice.scale)).replace("\n", ", "))


def _picture(pixels: np.ndarray) -> QImage:
    """A scale as a small image: made once, as large as any screen shows it."""
    image = image_of(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels)
    most = 3 * _PICTURE
    if max(image.width(), image.height()) <= most:
        return image
    return image.scaled(most, most, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
