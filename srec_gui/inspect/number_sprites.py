"""Numbers that stand in pixels, each drawn once and kept: a view far in holds thousands of them."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

__all__ = ["NumberSprites"]

_MOST = 2000


class NumberSprites:
    """Small pictures of texts in one font."""

    def __init__(self) -> None:
        """Begin with none."""
        self._font = QFont()
        self._sprites: dict[str, QImage] = {}

    def use(self, font: QFont) -> None:
        """Draw in `font`, whose pixel size is in device pixels."""
        if font != self._font:
            self._font = font
            self._sprites.clear()

    def paint(self, painter: QPainter, target: QRectF, lines: tuple[str, ...]) -> None:
        """Paint lines of text around the middle of `target`."""
        sprites = [self._sprite(line) for line in lines]
        top = target.center().y() - sum(sprite.height() for sprite in sprites) / 2
        for sprite in sprites:
            painter.drawImage(QPointF(round(target.center().x() - sprite.width() / 2), round(top)), sprite)
            top += sprite.height()

    def _sprite(self, text: str) -> QImage:
        sprite = self._sprites.get(text)
        if sprite is None:
            if len(self._sprites) >= _MOST:
                self._sprites.clear()
            sprite = self._sprites[text] = self._drawn(text)
        return sprite

    def _drawn(self, text: str) -> QImage:
        metrics = QFontMetricsF(self._font)
        width, height = math.ceil(metrics.horizontalAdvance(text)) + 4, math.ceil(metrics.height())
        sprite = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        sprite.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sprite)
        painter.setFont(self._font)
        space = QRectF(0, 0, width, height)
        # A dark rim keeps white numbers readable on every colour.
        painter.setPen(QColor(0, 0, 0, 150))
        for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            painter.drawText(space.translated(dx, dy), Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(space, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
        return sprite
