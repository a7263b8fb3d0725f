"""How a canvas looks: tiles, what follows from the sum, numbers far in, the pixel that is pointed at."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QPainter, QPen

from srec_gui.analysis import Layer, Part, TileLayers
from srec_gui.colours import colours
from srec_gui.inspect.session import Session
from srec_gui.inspect.tile_images import ColourTable, TileImages, image_of
from srec_gui.inspect.viewport import Viewport
from srec_gui.inspect.words import value_at, value_text

__all__ = ["CanvasPainter", "Scene"]

_BUDGET_SECONDS = 0.015
"""For making images in one painting; the rest follows in the next."""

_HATCH_FROM = 4
_NUMBERS_FROM = 27
_THREE_NUMBERS_FROM = 46


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be painted; sizes in device pixels."""

    width: int
    height: int
    ratio: float
    scale: int
    part: Part
    channel: int | None
    layer: Layer
    table: ColourTable
    mark: tuple[int, int] | None
    pinned: bool

    @property
    def block(self) -> int:
        """Pixels of the scale that one number of the layer covers, across and down."""
        return 1 if self.part is Part.ALL else 2


class CanvasPainter:
    """Paints one canvas once."""

    def __init__(
        self, painter: QPainter, session: Session, viewport: Viewport, images: TileImages, scene: Scene
    ) -> None:
        """Paint `scene` with `painter`, whose unit is a device pixel."""
        self._painter = painter
        self._session = session
        self._images = images
        self._scene = scene
        self._pixel = viewport.zoom * (1 << scene.scale)
        self._left = scene.width / 2 - viewport.center[0] * viewport.zoom
        self._top = scene.height / 2 - viewport.center[1] * viewport.zoom
        self._visible = viewport.visible(scene.scale)
        self._began = time.perf_counter()

    def paint(self) -> bool:
        """Paint; whether all that is known was painted."""
        scene, painter = self._scene, self._painter
        painter.fillRect(0, 0, scene.width, scene.height, QColor(colours().base))
        inspection = self._session.inspection
        if inspection is None or inspection.geometry is None or self._session.base is None:
            return True
        if scene.scale not in inspection.scales:
            self._paint_base()
            self._paint_mark()
            return True
        complete = True
        shown: list[TileLayers] = []
        for tile in inspection.tiles_touching(scene.scale, self._visible):
            box = inspection.geometry.tile_box(scene.scale, tile)
            layers = self._session.store.get(scene.scale, tile)
            if layers is None:
                self._paint_waiting(box, damaged=tile in inspection.damage)
            elif self._paint_tile(layers):
                shown.append(layers)
            else:
                complete = False
        for layers in shown:
            self._paint_hatching(layers)
            self._paint_numbers(layers)
        self._paint_mark()
        return complete

    def _paint_tile(self, layers: TileLayers) -> bool:
        """Paint a tile; False when there was no time to make its image."""
        scene = self._scene
        cell = self._pixel * scene.block
        times = max(0, math.floor(-math.log2(cell))) if cell < 1 else 0
        image = self._images.find(layers.scale, layers.tile, scene.layer, scene.part, scene.channel, times, scene.table)
        if image is None:
            if time.perf_counter() - self._began > _BUDGET_SECONDS:
                return False
            image = self._images.make(layers, scene.layer, scene.part, scene.channel, times, scene.table)
        columns, rows = self._numbers_of(layers)
        shrink = 1 << times
        target = self._rectangle(layers.left, layers.top, columns * scene.block, rows * scene.block)
        smooth = cell * shrink < 2
        self._painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        self._painter.drawImage(target, image, QRectF(0, 0, columns / shrink, rows / shrink))
        return True

    def _numbers_of(self, layers: TileLayers) -> tuple[int, int]:
        """Columns and rows of the layer in a tile."""
        height, width = layers.pixels[Layer.ACTUAL].shape[1:]
        if self._scene.part is Part.ALL:
            return width, height
        row, column = self._scene.part.offset or (0, 0)
        return (width + 1 - column) // 2, (height + 1 - row) // 2

    def _paint_base(self) -> None:
        base = self._session.base
        if base is None:
            return
        plane = base[..., 0] if base.shape[2] == 1 else base
        if self._scene.channel is not None and base.shape[2] == 3:
            plane = np.repeat(base[..., self._scene.channel, None], 3, axis=2)
        image = image_of(plane)
        if image.format() == QImage.Format.Format_Indexed8:
            image.setColorTable([0xFF000000 | level * 0x010101 for level in range(256)])
        self._painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._pixel < 2)
        self._painter.drawImage(self._rectangle(0, 0, base.shape[1], base.shape[0]), image, QRectF(image.rect()))

    def _paint_waiting(self, box: tuple[int, int, int, int], *, damaged: bool) -> None:
        left, top, right, bottom = box
        target = self._rectangle(left, top, right - left, bottom - top)
        ground = QColor(colours().bad if damaged else colours().faint)
        ground.setAlphaF(0.16)
        self._painter.fillRect(target, ground)
        if damaged:
            self._painter.fillRect(target, QBrush(QColor(colours().bad), Qt.BrushStyle.DiagCrossPattern))

    def _paint_hatching(self, layers: TileLayers) -> None:
        """Hatch what follows from the sum: it was not predicted and cost nothing."""
        scene = self._scene
        if scene.part is not Part.ALL or scene.layer is Layer.ACTUAL or self._pixel < _HATCH_FROM:
            return
        left, top, right, bottom = self._seen(layers)
        brush = QBrush(QColor(150, 150, 160, 150), Qt.BrushStyle.BDiagPattern)
        for y in range(top | 1, bottom, 2):
            for x in range(left | 1, right, 2):
                self._painter.fillRect(self._rectangle(x, y, 1, 1), brush)

    def _paint_numbers(self, layers: TileLayers) -> None:
        scene = self._scene
        cell = self._pixel * scene.block / scene.ratio
        if cell < _NUMBERS_FROM:
            return
        font = QFont(self._painter.font())
        font.setPixelSize(round(min(13.0, cell / 3.4) * scene.ratio))
        self._painter.setFont(font)
        left, top, right, bottom = self._seen(layers)
        for y in range(top - top % scene.block, bottom, scene.block):
            for x in range(left - left % scene.block, right, scene.block):
                self._paint_number(layers, x, y, three=cell >= _THREE_NUMBERS_FROM)

    def _paint_number(self, layers: TileLayers, x: int, y: int, *, three: bool) -> None:
        scene = self._scene
        if scene.part is Part.ALL and scene.layer is not Layer.ACTUAL and x % 2 and y % 2:
            return  # it follows from the sum
        values = value_at(layers, scene.layer, scene.part, x, y)
        if scene.channel is not None and len(values) > 1:
            values = (values[scene.channel],)
        elif len(values) > 1 and not three:
            values = (sum(values) / len(values),)
        text = "\n".join(value_text(value, scene.layer) for value in values)
        target = self._rectangle(x, y, scene.block, scene.block)
        # A dark shadow keeps numbers readable on every colour.
        self._painter.setPen(QColor(0, 0, 0, 200))
        self._painter.drawText(target.translated(QPointF(1, 1)), Qt.AlignmentFlag.AlignCenter, text)
        self._painter.setPen(QColor(255, 255, 255))
        self._painter.drawText(target, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_mark(self) -> None:
        mark = self._scene.mark
        if mark is None:
            return
        least = 7 * self._scene.ratio
        target = self._rectangle(*mark, 1, 1)
        if target.width() < least:
            middle = target.center()
            target = QRectF(middle.x() - least / 2, middle.y() - least / 2, least, least)
        width = 2 * self._scene.ratio if self._scene.pinned else self._scene.ratio
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, grown in ((QColor(0, 0, 0, 190), width), (QColor(255, 255, 255), 0.0)):
            self._painter.setPen(QPen(colour, width))
            self._painter.drawRect(target.adjusted(-grown, -grown, grown, grown))

    def _seen(self, layers: TileLayers) -> tuple[int, int, int, int]:
        """The part of a tile that is seen, in pixels of the scale."""
        height, width = layers.pixels[Layer.ACTUAL].shape[1:]
        left, top, right, bottom = self._visible
        return (
            max(left, layers.left),
            max(top, layers.top),
            min(right, layers.left + width),
            min(bottom, layers.top + height),
        )

    def _rectangle(self, x: int, y: int, width: int, height: int) -> QRectF:
        """Pixels of the scale as a rectangle of whole device pixels, so that neighbours meet."""
        left, top = round(self._left + x * self._pixel), round(self._top + y * self._pixel)
        right = round(self._left + (x + width) * self._pixel)
        bottom = round(self._top + (y + height) * self._pixel)
        return QRectF(left, top, right - left, bottom - top)
