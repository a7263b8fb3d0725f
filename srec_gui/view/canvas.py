"""The widget that shows a picture: zoom at the cursor, pan, pixel readout, a pinned pixel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from srec_gui.view.painting import backdrop_color, paint_picture, paint_pin
from srec_gui.view.picture import Picture, Pixel
from srec_gui.view.values import paint_values
from srec_gui.view.viewport import Fit, Viewport

__all__ = ["Canvas"]

_NOTCH = 120.0  # eighths of a degree times 15: one click of a wheel
_ZOOM_PER_NOTCH = 1.25
_PAN_STEP = 64
_POINTER_MS = 2000
"""How long the pointer is seen over a picture that fills the screen, after it was moved."""

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Canvas(QWidget):
    """Shows one `Picture`.

    Signals:
        pixel_changed(object): The `Pixel` under the cursor (or the pinned one), None beside the picture.
        view_changed(): Zoom, position or fit are others now.
        drag_out_requested(): The person drags the picture out of the window.
        step_requested(int): -1 or 1: an arrow key was pressed that has nothing to pan.
    """

    pixel_changed = Signal(object)
    view_changed = Signal()
    drag_out_requested = Signal()
    step_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """An empty canvas."""
        super().__init__(parent)
        self.viewport = Viewport()
        self._picture: Picture | None = None
        self._hovered: Pixel | None = None
        self._pin: tuple[int, int] | None = None
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None
        self._dragging = False
        self._pointer_timer = QTimer(self)
        self._pointer_timer.setSingleShot(True)
        self._pointer_timer.setInterval(_POINTER_MS)
        self._pointer_timer.timeout.connect(lambda: self.setCursor(Qt.CursorShape.BlankCursor))
        self._fills_screen = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 90)
        self.setAccessibleName(self.tr("Picture"))

    @property
    def picture(self) -> Picture | None:
        """What is shown."""
        return self._picture

    @property
    def pixel(self) -> Pixel | None:
        """The pinned pixel, else the one under the cursor."""
        if self._pin is not None and self._picture is not None:
            return self._picture.pixel(*self._pin)
        return self._hovered

    @property
    def pinned(self) -> bool:
        """Whether a pixel is pinned."""
        return self._pin is not None

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for a picture."""
        return QSize(800, 560)

    def show_picture(self, picture: Picture | None, *, keep_view: bool = False) -> None:
        """Show `picture`; with `keep_view` at the zoom and place of the one before."""
        if picture is None:
            self.viewport.clear()
            self._pin = None
        else:
            self.viewport.show(picture.width, picture.height, keep_view=keep_view)
            if not keep_view:
                self._pin = None
        self._picture = picture
        self._update_hover(self.mapFromGlobal(self.cursor().pos()) if self.underMouse() else None)
        self._changed()

    def fill_screen(self, on: bool) -> None:
        """Be alone with the picture: nothing lit around it, and no pointer over it while that is not moved."""
        self._fills_screen = on
        self._show_pointer()
        self.update()

    def zoom_step(self, direction: int) -> None:
        """One step in (1) or out (-1)."""
        self.viewport.step(direction)
        self._changed()

    def zoom_to(self, zoom: float) -> None:
        """To `zoom` device pixels a pixel, around the middle."""
        self.viewport.zoom_to(zoom)
        self._changed()

    def fit(self, fit: Fit = Fit.FILL) -> None:
        """Show the whole picture."""
        self.viewport.set_fit(fit)
        self._changed()

    def toggle_pin(self) -> None:
        """Pin the pixel under the cursor (or in the middle of the view), or let it go."""
        if self._pin is not None:
            self.set_pin(None)
            return
        pixel = self._hovered
        middle = self.viewport.pixel_at(self.viewport.view_size[0] / 2, self.viewport.view_size[1] / 2)
        self.set_pin((pixel.x, pixel.y) if pixel is not None else middle)

    def set_pin(self, pin: tuple[int, int] | None) -> None:
        """Pin pixel (x, y), or none. A pinned pixel's values stay in the readout; arrow keys move it."""
        if pin is not None and (self._picture is None or self._picture.pixel(*pin) is None):
            return
        self._pin = pin
        if pin is not None:
            self.viewport.reveal(*pin)
        self._changed()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Paint what the viewport sees."""
        with QPainter(self) as painter:
            backdrop = Qt.GlobalColor.black if self._fills_screen else backdrop_color(self.palette())
            painter.fillRect(self.rect(), backdrop)
            if self._picture is None:
                return
            ratio = self.devicePixelRatioF()
            painter.scale(1 / ratio, 1 / ratio)
            paint_picture(painter, self._picture, self.viewport, self.palette(), ratio)
            paint_values(painter, self._picture, self.viewport, self.font())
            if self._pin is not None:
                paint_pin(painter, *self._pin, self.viewport, ratio)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802, ARG002
        """Keep a fitted picture fitted."""
        ratio = self.devicePixelRatioF()
        self.viewport.resize(round(self.width() * ratio), round(self.height() * ratio))
        self._changed()

    def event(self, event: QEvent) -> bool:
        """Follow screens of another resolution, and pinches."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            ratio = self.devicePixelRatioF()
            self.viewport.resize(round(self.width() * ratio), round(self.height() * ratio))
            self._changed()
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._wants(event):
            event.accept()
            return True
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.viewport.zoom_by(1.0 + event.value(), self._device(event.position()))
            self._changed()
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom at the cursor."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        if self._picture is not None and delta:
            self.viewport.zoom_by(_ZOOM_PER_NOTCH ** (delta / _NOTCH), self._device(event.position()))
            self._update_hover(event.position().toPoint())
            self._changed()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to pan, to drag out, or to pin."""
        if event.button() in {Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton}:
            self._pressed = self._last = event.position()
            self._dragging = False
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Pan or drag out; without a button, read pixels."""
        if self._fills_screen:
            self._show_pointer()
        if self._pressed is None or self._last is None:
            self._update_hover(event.position().toPoint())
            return
        far = (event.position() - self._pressed).manhattanLength() >= QGuiApplication.styleHints().startDragDistance()
        if not self._dragging and not far:
            return
        if not self._dragging and self._drags_out(event):
            self._pressed = None
            self.drag_out_requested.emit()
            return
        self._dragging = True
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        moved = event.position() - self._last
        ratio = self.devicePixelRatioF()
        self._last = event.position()
        self.viewport.pan(moved.x() * ratio, moved.y() * ratio)
        self._changed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End a pan, or pin the pixel that was clicked."""
        clicked = self._pressed is not None and not self._dragging and event.button() == Qt.MouseButton.LeftButton
        self._pressed = self._last = None
        self._dragging = False
        self._update_cursor()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if clicked and (self._pin is not None or control):
            # Without a pin a plain click stays harmless: it may be half of a double click.
            self.set_pin(self.viewport.pixel_at(*self._device(event.position())))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Between the whole picture and 100 % at the cursor."""
        if event.button() == Qt.MouseButton.LeftButton and self._picture is not None:
            self.viewport.toggle(self._device(event.position()))
            self._changed()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing is under the cursor."""
        self._update_hover(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrows move the pin, else pan, else step to the neighbouring picture; Escape lets the pin go."""
        direction = _ARROWS.get(Qt.Key(event.key()))
        if self._picture is None:
            super().keyPressEvent(event)
        elif direction is not None:
            self._arrow(*direction, fast=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() == Qt.Key.Key_Escape and self._pin is not None:
            self.set_pin(None)
        else:
            super().keyPressEvent(event)

    def _wants(self, event: QKeyEvent) -> bool:
        """Whether a key is for the picture although it is a shortcut: an arrow that moves something here."""
        direction = _ARROWS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape:
            return self._pin is not None
        if direction is None or self._picture is None:
            return False
        return self._pin is not None or self.viewport.can_pan[0 if direction[0] else 1]

    def _arrow(self, dx: int, dy: int, *, fast: bool) -> None:
        if self._pin is not None:
            step = 10 if fast else 1
            self._move_pin(dx * step, dy * step)
        elif self.viewport.can_pan[0 if dx else 1]:
            step = round(_PAN_STEP * self.devicePixelRatioF()) * (4 if fast else 1)
            self.viewport.pan(-dx * step, -dy * step)
            self._changed()
        elif dx:
            self.step_requested.emit(dx)

    def _move_pin(self, dx: int, dy: int) -> None:
        if self._pin is None or self._picture is None:
            return
        x = min(max(self._pin[0] + dx, 0), self._picture.width - 1)
        y = min(max(self._pin[1] + dy, 0), self._picture.height - 1)
        self.set_pin((x, y))

    def _drags_out(self, event: QMouseEvent) -> bool:
        """A picture that cannot be panned is dragged out; one that can, with Shift."""
        if self._picture is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return False
        return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier) or not any(self.viewport.can_pan)

    def _device(self, position: QPointF) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return position.x() * ratio, position.y() * ratio

    def _update_hover(self, position: QPoint | None) -> None:
        spot = None
        if position is not None and self._picture is not None:
            spot = self.viewport.pixel_at(*self._device(QPointF(position)))
        self._hovered = self._picture.pixel(*spot) if spot is not None and self._picture is not None else None
        self.pixel_changed.emit(self.pixel)

    def _show_pointer(self) -> None:
        self._update_cursor()
        if self._fills_screen:
            self._pointer_timer.start()
        else:
            self._pointer_timer.stop()

    def _update_cursor(self) -> None:
        pannable = self._picture is not None and any(self.viewport.can_pan)
        self.setCursor(Qt.CursorShape.OpenHandCursor if pannable else Qt.CursorShape.ArrowCursor)

    def _changed(self) -> None:
        hidden = self._fills_screen and not self._pointer_timer.isActive()
        if self._pressed is None and not hidden:
            self._update_cursor()
        self.pixel_changed.emit(self.pixel)
        self.view_changed.emit()
        self.update()
