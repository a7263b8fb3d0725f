"""How a canvas looks: tiles, what follows from the sum, numbers far in, the pixel that is pointed at."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QPainter, QPen

from srec_gui.analysis import Layer, LayeredTile, Part
from srec_gui.colours import colours
from srec_gui.inspect.choice import SideChoice
from srec_gui.inspect.legend import hatch_brushes
from srec_gui.inspect.number_sprites import NumberSprites
from srec_gui.inspect.session import Session
from srec_gui.inspect.tile_images import ColourTable, TileImages, image_of
from srec_gui.inspect.viewport import Viewport
from srec_gui.inspect.words import value_text

__all__ = ["CanvasPainter", "Scene", "Tools"]

_BUDGET_SECONDS = 0.012
"""For making images in one painting; the rest follows in the next."""

_VEIL_FROM = 3
"""Device pixels per pixel from which those that follow from the sum are told apart; hatched where lines can be seen."""

_HATCH_FROM = 14
_UNDERSTUDY = 0.55
"""Opacity of the base where it stands in for pixels that are being computed."""

_NUMBERS_FROM = 27
_THREE_NUMBERS_FROM = 46
_SENTENCE_FROM = 140
"""Least width of a damaged tile that says what is wrong, in pixels of the screen's own unit."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be painted; sizes in device pixels."""

    width: int
    height: int
    ratio: float
    scale: int
    shown: SideChoice
    has_free_pixels: bool
    table: ColourTable
    mark: tuple[int, int] | None
    pinned: bool
    focused: bool

    @property
    def marks_free(self) -> bool:
        """Whether pixels that follow from the sum are marked: they were not predicted and cost nothing."""
        return self.has_free_pixels and self.shown.part is Part.ALL and self.shown.layer is not Layer.ACTUAL


@dataclass(frozen=True, slots=True)
class Tools:
    """What a canvas keeps from painting to painting."""

    images: TileImages
    sprites: NumberSprites


class CanvasPainter:
    """Paints one canvas once."""

    def __init__(self, painter: QPainter, session: Session, viewport: Viewport, tools: Tools, scene: Scene) -> None:
        """Paint `scene` with `painter`, whose unit is a device pixel."""
        self._painter = painter
        self._session = session
        self._tools = tools
        self._scene = scene
        self._zoom = viewport.zoom
        self._pixel = viewport.zoom * (1 << session.halvings(scene.scale))
        self._left = scene.width / 2 - viewport.center[0] * viewport.zoom
        self._top = scene.height / 2 - viewport.center[1] * viewport.zoom
        self._visible = viewport.visible(session.halvings(scene.scale))
        self._began = time.perf_counter()

    def paint(self) -> bool:
        """Paint; whether all that is known was painted."""
        scene = self._scene
        self._painter.fillRect(0, 0, scene.width, scene.height, QColor(colours().base))
        inspection = self._session.inspection
        complete = True
        if inspection is not None and inspection.geometry is not None:
            # Coarse scales end beyond the picture: what is not in it is cut off, so that all scales have one outline.
            self._painter.setClipRect(self._outline(inspection.geometry.width, inspection.geometry.height))
            if scene.shown.layer not in inspection.layers_at(scene.scale):
                self._paint_nothing_predicted()
            elif scene.scale in inspection.scales:
                complete = self._paint_tiles()
            else:
                self._paint_base()
            self._painter.setClipping(False)
            self._paint_mark()
        self._paint_frame()
        return complete

    def _paint_tiles(self) -> bool:
        scene, inspection = self._scene, self._session.inspection
        if inspection is None or inspection.geometry is None:
            return True
        complete = True
        shown: list[LayeredTile] = []
        for tile in inspection.tiles_touching(scene.scale, self._visible):
            layers = self._session.store.get(scene.scale, tile)
            if layers is None:
                box = inspection.geometry.tile_box(scene.scale, tile)
                self._paint_missing(box, self._session.damage_at(scene.scale, tile))
            elif self._paint_tile(layers):
                shown.append(layers)
            else:
                complete = False
        for layers in shown:
            self._paint_free(layers)
            self._paint_numbers(layers)
        return complete

    def _paint_tile(self, layers: LayeredTile) -> bool:
        """Paint a tile; False when there was no time to make its image."""
        scene, images = self._scene, self._tools.images
        block = self._block(layers)
        cell = self._pixel * block
        times = max(0, math.floor(-math.log2(cell))) if cell < 1 else 0
        if scene.marks_free and scene.shown.layer.in_bits and self._pixel < _VEIL_FROM:
            # Free pixels would make a pattern of dots: what the block cost is what can be seen.
            times = max(times, 1)
        image = images.find(layers, scene.shown, times, scene.table)
        if image is None:
            if time.perf_counter() - self._began > _BUDGET_SECONDS:
                return False
            image = images.make(layers, scene.shown, times, scene.table)
        rows, columns = layers.size(scene.shown.layer, scene.shown.part)
        shrink = 1 << times
        target = self._rectangle(layers.left, layers.top, columns * block, rows * block)
        smooth = cell * shrink < 2
        self._painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        self._painter.drawImage(target, image, QRectF(0, 0, columns / shrink, rows / shrink))
        return True

    def _outline(self, width: int, height: int) -> QRectF:
        """Where the picture lies."""
        return QRectF(round(self._left), round(self._top), round(width * self._zoom), round(height * self._zoom))

    def _paint_nothing_predicted(self) -> None:
        """The base was not coded by the network: there are no maps of it. Nor of what was expected of means."""
        field = self._painter.clipBoundingRect()
        ground = QColor(colours().faint)
        ground.setAlphaF(0.10)
        self._painter.fillRect(field, ground)
        if self._scene.has_free_pixels:
            text = QCoreApplication.translate(
                "inspect", "The base is stored without the network: nothing was predicted."
            )
        else:
            text = QCoreApplication.translate("inspect", "What was expected of the means is not told.")
        self._paint_sentence(field, text, colours().faint)

    def _paint_base(self) -> None:
        base, channel = self._session.base, self._scene.shown.channel
        if base is None:
            return
        plane = base[..., 0] if base.shape[2] == 1 else base
        if channel is not None and base.shape[2] == 3:
            plane = base[..., channel]
        image = image_of(plane)
        if image.format() == QImage.Format.Format_Indexed8:
            image.setColorTable([0xFF000000 | level * 0x010101 for level in range(256)])
        self._painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._pixel < 2)
        self._painter.drawImage(self._rectangle(0, 0, base.shape[1], base.shape[0]), image, QRectF(image.rect()))

    def _paint_missing(self, box: tuple[int, int, int, int], damage: str) -> None:
        """A tile that has not come yet, or will not come."""
        left, top, right, bottom = box
        target = self._rectangle(left, top, right - left, bottom - top)
        if not damage and self._paint_understudy(target, box):
            return
        ground = QColor(colours().bad if damage else colours().faint)
        ground.setAlphaF(0.16 if damage else 0.10)
        self._painter.fillRect(target, ground)
        if not damage:
            return
        ground.setAlphaF(0.30)
        self._painter.fillRect(target, QBrush(ground, Qt.BrushStyle.BDiagPattern))
        seen = target.intersected(QRectF(0, 0, self._scene.width, self._scene.height))
        if seen.width() >= _SENTENCE_FROM * self._scene.ratio:
            self._paint_sentence(seen, damage, colours().bad)

    def _paint_understudy(self, target: QRectF, box: tuple[int, int, int, int]) -> bool:
        """The base in place of actual pixels that have not come, faintly; False where something else is shown."""
        base, scene = self._session.base, self._scene
        if base is None or base.shape[2] != 3 or scene.shown != SideChoice(Layer.ACTUAL):
            return False
        finer = 1 << (self._session.base_halvings - self._session.halvings(scene.scale))
        source = QRectF(*(place / finer for place in (box[0], box[1], box[2] - box[0], box[3] - box[1])))
        self._painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        self._painter.setOpacity(_UNDERSTUDY)
        self._painter.drawImage(target, image_of(base), source)
        self._painter.setOpacity(1.0)
        return True

    def _paint_sentence(self, space: QRectF, text: str, colour: str) -> None:
        font = QFont(self._painter.font())
        font.setPixelSize(round(12 * self._scene.ratio))
        self._painter.setFont(font)
        inside = space.adjusted(8, 8, -8, -8)
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        needed = self._painter.boundingRect(inside, flags, text)
        self._painter.fillRect(needed.adjusted(-6, -4, 6, 4), QColor(colours().base))
        self._painter.setPen(QColor(colour))
        self._painter.drawText(inside, flags, text)

    def _paint_free(self, layers: LayeredTile) -> None:
        """Hatch what follows from the sum."""
        if not self._scene.marks_free or self._pixel < _VEIL_FROM:
            return
        left, top, right, bottom = self._seen(layers)
        if self._pixel < _HATCH_FROM:
            self._paint_veil(left, top, right, bottom)
            return
        cells = [self._rectangle(x, y, 1, 1) for y in range(top | 1, bottom, 2) for x in range(left | 1, right, 2)]
        self._painter.setPen(Qt.PenStyle.NoPen)
        for brush in hatch_brushes():
            self._painter.setBrush(brush)
            self._painter.drawRects(cells)

    def _paint_veil(self, left: int, top: int, right: int, bottom: int) -> None:
        """What follows from the sum in grey, as one image: there are too many to be painted one by one."""
        if right <= left or bottom <= top:
            return
        veil = np.zeros((bottom - top, right - left), np.uint32)
        veil[(top + 1) % 2 :: 2, (left + 1) % 2 :: 2] = 0xFF4A4C54
        # The array outlives the image, which only looks at it.
        image = QImage(veil.data, right - left, bottom - top, veil.strides[0], QImage.Format.Format_ARGB32)
        self._painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        self._painter.drawImage(self._rectangle(left, top, right - left, bottom - top), image, QRectF(image.rect()))

    def _paint_numbers(self, layers: LayeredTile) -> None:
        scene = self._scene
        block = self._block(layers)
        cell = self._pixel * block / scene.ratio
        if cell < _NUMBERS_FROM:
            return
        font = QFont(self._painter.font())
        font.setPixelSize(round(min(13.0, cell / 3.4) * scene.ratio))
        self._tools.sprites.use(font)
        left, top, right, bottom = self._seen(layers)
        for y in range(top - top % block, bottom, block):
            for x in range(left - left % block, right, block):
                if not (scene.marks_free and x % 2 and y % 2):
                    self._paint_number(layers, x, y, three=cell >= _THREE_NUMBERS_FROM)

    def _paint_number(self, layers: LayeredTile, x: int, y: int, *, three: bool) -> None:
        shown = self._scene.shown
        if not self._is_inside(layers, x, y):
            return
        values, block = layers.values(shown.layer, shown.part, x, y), self._block(layers)
        if shown.channel is not None and len(values) > 1:
            values = (values[shown.channel],)
        elif len(values) > 1 and not three:
            # The bits of blocks add up; everything else is a mean.
            values = (sum(values) / (1 if shown.layer is Layer.BLOCK_COST else len(values)),)
        lines = tuple(value_text(value, shown.layer) for value in values)
        self._tools.sprites.paint(self._painter, self._rectangle(x, y, block, block), lines)

    def _is_inside(self, layers: LayeredTile, x: int, y: int) -> bool:
        """Whether the block at (x, y) has a pixel of the shown part: at an odd edge it may lack one."""
        row, column = self._scene.shown.part.offset or (0, 0)
        return x - layers.left + column < layers.width and y - layers.top + row < layers.height

    def _paint_mark(self) -> None:
        mark = self._scene.mark
        if mark is None:
            return
        least, inspection = 7 * self._scene.ratio, self._session.inspection
        cell = inspection.cell(self._scene.scale) if inspection is not None else 1
        target = self._rectangle(mark[0] - mark[0] % cell, mark[1] - mark[1] % cell, cell, cell)
        if target.width() < least:
            middle = target.center()
            target = QRectF(middle.x() - least / 2, middle.y() - least / 2, least, least)
        width = 2 * self._scene.ratio if self._scene.pinned else self._scene.ratio
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, grown in ((QColor(0, 0, 0, 190), width), (QColor(255, 255, 255), 0.0)):
            self._painter.setPen(QPen(colour, width))
            self._painter.drawRect(target.adjusted(-grown, -grown, grown, grown))

    def _paint_frame(self) -> None:
        """An outline: in the accent's colour where the keys go."""
        scene = self._scene
        width = (1.5 if scene.focused else 1.0) * scene.ratio
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(QColor(colours().accent if scene.focused else colours().line), width))
        self._painter.drawRect(QRectF(width / 2, width / 2, scene.width - width, scene.height - width))

    def _seen(self, layers: LayeredTile) -> tuple[int, int, int, int]:
        """The part of a tile that is seen, in pixels of the scale."""
        left, top, right, bottom = self._visible
        return (
            max(left, layers.left),
            max(top, layers.top),
            min(right, layers.left + layers.width),
            min(bottom, layers.top + layers.height),
        )

    def _block(self, layers: LayeredTile) -> int:
        """Pixels of the scale that one number of the layer covers, across and down."""
        return layers.cell(self._scene.shown.layer, self._scene.shown.part)

    def _rectangle(self, x: int, y: int, width: int, height: int) -> QRectF:
        """Pixels of the scale as a rectangle of whole device pixels, so that neighbours meet."""
        left, top = round(self._left + x * self._pixel), round(self._top + y * self._pixel)
        right = round(self._left + (x + width) * self._pixel)
        bottom = round(self._top + (y + height) * self._pixel)
        return QRectF(left, top, right - left, bottom - top)
