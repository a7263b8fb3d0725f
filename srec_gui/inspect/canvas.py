"""One of the two linked views of a scale."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from srec_gui.analysis import Layer
from srec_gui.inspect.choice import Chooser, SideChoice
from srec_gui.inspect.number_sprites import NumberSprites
from srec_gui.inspect.painting import CanvasPainter, Scene, Tools
from srec_gui.inspect.session import Session
from srec_gui.inspect.tile_images import ColourTable, TileImages
from srec_gui.inspect.viewport import Viewport
from srec_gui.inspect.words import layer_name, value_text

__all__ = ["Canvas", "Views"]

_DRAG_DISTANCE = 4
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@dataclass(frozen=True, slots=True)
class Views:
    """What both canvases share.

    Attributes:
        session, chooser, viewport: The file, what is shown of it, and which part is seen.
        images: Of tiles; a layer that was on one side is at hand when the sides are exchanged.
    """

    session: Session
    chooser: Chooser
    viewport: Viewport
    images: TileImages


class Canvas(QWidget):
    """Shows a layer of the chosen scale.

    Signals:
        hovered(object): The pixel (x, y) of the scale under the pointer, or None.

    Attributes:
        shown: What is shown.
        mark: A pixel of the scale to be outlined, or None.
    """

    hovered = Signal(object)

    def __init__(self, views: Views, parent: QWidget | None = None) -> None:
        """An empty view."""
        super().__init__(parent)
        self._session = views.session
        self._chooser = views.chooser
        self._viewport = views.viewport
        self._images = views.images
        self._table: ColourTable = ()
        self._press: QPointF | None = None
        self._dragging = False
        self._sprites = NumberSprites()
        self.shown = SideChoice(Layer.ACTUAL)
        self.mark: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 90)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        views.viewport.changed.connect(self.update)

    def show_choice(self, shown: SideChoice, table: ColourTable) -> None:
        """Show what was chosen in these colours."""
        self.shown, self._table = shown, table
        names = self._session.names
        told = [layer_name(shown.layer), names.part(shown.part), names.channel(shown.channel)]
        self.setAccessibleName(", ".join(told))
        self._describe()
        self.update()

    def set_mark(self, pixel: tuple[int, int] | None) -> None:
        """Outline a pixel, and say its value to those who do not see it."""
        if pixel != self.mark:
            self.mark = pixel
            self._describe()
            self.update()

    def forget(self) -> None:
        """Another file is shown."""
        self._images.clear()
        self.mark = None
        self.update()

    def describe(self, pixel: tuple[int, int]) -> str:
        """A pixel's values in words."""
        where = self.tr("x %1, y %2").replace("%1", str(pixel[0])).replace("%2", str(pixel[1]))
        damage, values = self._damage_at(pixel), self._values(pixel)
        if damage or values is None:
            return f"{where}: {damage}" if damage else where
        names = self._session.names.channels if len(values) > 1 else ("",)
        channel, layer = self.shown.channel, self.shown.layer
        told = ", ".join(
            f"{name} {value_text(value, layer)}".strip()
            for index, (name, value) in enumerate(zip(names, values, strict=True))
            if channel in (None, index) or len(values) == 1
        )
        return f"{where}: {layer_name(layer)} {told}"

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for a picture."""
        return QSize(420, 320)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw what is there; what takes too long to make is drawn in the next round."""
        ratio = self.devicePixelRatioF()
        choice = self._chooser.choice
        scene = Scene(
            round(self.width() * ratio),
            round(self.height() * ratio),
            ratio,
            choice.scale,
            self.shown,
            self._session.inspection is None or self._session.inspection.has_free_pixels,
            self._table,
            self.mark,
            choice.pin is not None,
            self.hasFocus(),
        )
        tools = Tools(self._images, self._sprites)
        with QPainter(self) as painter:
            painter.scale(1 / ratio, 1 / ratio)
            complete = CanvasPainter(painter, self._session, self._viewport, tools, scene).paint()
        if not complete:
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Tell the view its size."""
        ratio = self.devicePixelRatioF()
        self._viewport.resize(round(event.size().width() * ratio), round(event.size().height() * ratio))
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom around the pointer."""
        turn = event.angleDelta().y()
        if turn:
            self._viewport.zoom_by(1.0015**turn, self._from_middle(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin a click or a drag."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._press, self._dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag, or tell the pixel under the pointer."""
        if self._press is not None:
            moved = event.position() - self._press
            if self._dragging or moved.manhattanLength() > _DRAG_DISTANCE:
                self._dragging = True
                ratio = self.devicePixelRatioF()
                self._press = event.position()
                self._viewport.pan(moved.x() * ratio, moved.y() * ratio)
                return
        self.hovered.emit(self.pixel_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click pins the pixel; one on the pinned pixel lets it go."""
        if self._press is not None and not self._dragging:
            pixel, pin = self.pixel_at(event.position()), self._chooser.choice.pin
            self._chooser.choose(pin=None if pin is not None and self._cell_of(pixel) == self._cell_of(pin) else pixel)
        self._press = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        """Show the whole."""
        self._viewport.fit()

    def leaveEvent(self, event: object) -> None:  # noqa: N802, ARG002
        """No pixel is under the pointer."""
        self.hovered.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrows move the pin; Escape lets it go."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self._move_pin(*_ARROWS[key])
        elif key == Qt.Key.Key_Escape:
            self._chooser.choose(pin=None)
        else:
            super().keyPressEvent(event)

    def pixel_at(self, position: QPointF) -> tuple[int, int] | None:
        """The pixel of the scale under a point of the widget."""
        size = self._scale_size()
        if size is None:
            return None
        x, y = self._viewport.to_picture(*self._from_middle(position))
        side = 1 << self._session.halvings(self._chooser.choice.scale)
        column, row = int(x // side), int(y // side)
        return (column, row) if 0 <= column < size[0] and 0 <= row < size[1] else None

    def _move_pin(self, dx: int, dy: int) -> None:
        size = self._scale_size()
        if size is None:
            return
        halved, cell = self._session.halvings(self._chooser.choice.scale), self._cell
        dx, dy = dx * cell, dy * cell
        center = tuple(int(place) >> halved for place in self._viewport.center)
        x, y = self._chooser.choice.pin or (center[0] - dx, center[1] - dy)
        pin = min(size[0] - 1, max(0, x + dx)), min(size[1] - 1, max(0, y + dy))
        self._chooser.choose(pin=pin)
        self._viewport.reveal((pin[0] + 0.5) * (1 << halved), (pin[1] + 0.5) * (1 << halved))

    @property
    def _cell(self) -> int:
        """Pixels across and down that a readout is of."""
        inspection = self._session.inspection
        return inspection.cell(self._chooser.choice.scale) if inspection is not None else 1

    def _cell_of(self, pixel: tuple[int, int] | None) -> tuple[int, int] | None:
        return None if pixel is None else (pixel[0] // self._cell, pixel[1] // self._cell)

    def _scale_size(self) -> tuple[int, int] | None:
        """Width and height of the chosen scale."""
        inspection = self._session.inspection
        if inspection is None or inspection.geometry is None:
            return None
        height, width = inspection.geometry.scale_size(self._chooser.choice.scale)
        return width, height

    def _values(self, pixel: tuple[int, int]) -> tuple[float, ...] | None:
        inspection, choice = self._session.inspection, self._chooser.choice
        if inspection is None or choice.scale not in inspection.scales:
            return None
        if self.shown.layer not in inspection.layers_at(choice.scale):
            return None
        x, y = pixel
        for tile in inspection.tiles_touching(choice.scale, (x, y, x + 1, y + 1)):
            layers = self._session.store.get(choice.scale, tile)
            if layers is not None:
                return layers.values(self.shown.layer, self.shown.part, x, y)
        return None

    def _damage_at(self, pixel: tuple[int, int]) -> str:
        """What is wrong with the tile that holds a pixel, or ""."""
        inspection, scale = self._session.inspection, self._chooser.choice.scale
        if inspection is None or scale not in inspection.scales:
            return ""
        x, y = pixel
        # A mark of a finer scale may lie beyond this one, until it has moved along.
        tiles = inspection.tiles_touching(scale, (x, y, x + 1, y + 1))
        return self._session.damage_at(scale, tiles[0]) if tiles else ""

    def _describe(self) -> None:
        """Say the pixel's value to those who do not see it."""
        self.setAccessibleDescription(self.describe(self.mark) if self.mark is not None else "")

    def _from_middle(self, position: QPointF) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return (position.x() - self.width() / 2) * ratio, (position.y() - self.height() / 2) * ratio
