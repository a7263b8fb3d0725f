"""The line under the picture: where in the folder, what is going on, the pixel under the cursor, the zoom."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFontDatabase, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from srec_gui.colours import colours
from srec_gui.view.picture import Pixel
from srec_gui.wording import share

__all__ = ["Footer", "pixel_text"]

_ZOOMS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 32.0)
_TYPICAL_PIXEL = "0000, 0000   R 000  G 000  B 000   #000000"
_SWATCH = 12
_HEIGHT = 34
_LEAST_NAME = 60


def pixel_text(pixel: Pixel | None) -> str:
    """A pixel as text: position, stored values, colour in hex. "≈" marks values of a coarser scale."""
    if pixel is None:
        return ""
    values = "  ".join(
        f"{name} {value if isinstance(value, int) else format(value, '.4g')}"
        for name, value in zip(pixel.names, pixel.values, strict=False)
    )
    mark = "" if pixel.exact else "≈ "
    return f"{pixel.x}, {pixel.y}   {mark}{values}   {pixel.hex}"


class _Swatch(QWidget):
    """A square in the pixel's colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._color: QColor | None = None
        self.setFixedSize(_SWATCH, _SWATCH)

    def show_color(self, color: QColor | None) -> None:
        if color != self._color:
            self._color = color
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        if self._color is not None:
            with QPainter(self) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QColor(colours().line))
                painter.setBrush(self._color)
                painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)


class _ElidedLabel(QLabel):
    """Text that gives up its middle when there is no room for it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(min(_LEAST_NAME, self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        with QPainter(self) as painter:
            text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


class Footer(QWidget):
    """One line of facts under the picture.

    Signals:
        zoom_chosen(float): A zoom was chosen from the list.
    """

    zoom_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        """An empty line."""
        super().__init__(parent)
        self._fraction: float | None = None
        self._counter = self._label(self.tr("Position in the folder"))
        self._name = _ElidedLabel(self)
        self._name.setAccessibleName(self.tr("File name"))
        self._state = _ElidedLabel(self)
        self._state.setObjectName("faint")
        self._state.setAccessibleName(self.tr("State"))
        self._swatch = _Swatch(self)
        self._pixel = self._label(self.tr("Pixel under the pointer"))
        self._pixel.setObjectName("")
        self._pixel.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        # Numbers that change must not push their neighbours about.
        self._pixel.setMinimumWidth(self._pixel.fontMetrics().horizontalAdvance(_TYPICAL_PIXEL))
        self._zoom = QToolButton(self)
        self._zoom.setAutoRaise(True)
        self._zoom.setStyleSheet("QToolButton { padding: 3px 8px; } QToolButton::menu-indicator { image: none; }")
        self._zoom.setMinimumWidth(self._zoom.fontMetrics().horizontalAdvance("10000 %") + 16)
        self._zoom.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._zoom.setAccessibleName(self.tr("Zoom"))
        self._zoom.setToolTip(self.tr("Zoom"))
        self._zoom_menu = QMenu(self._zoom)
        self._zoom.setMenu(self._zoom_menu)
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 2, 8, 0)
        line.setSpacing(12)
        line.addWidget(self._counter)
        line.addWidget(self._name)
        line.addWidget(self._state)
        line.addStretch(1)
        line.addWidget(self._swatch)
        line.addWidget(self._pixel)
        line.addWidget(self._zoom)
        self.setFixedHeight(_HEIGHT)
        self.show_zoom(None)

    def set_zoom_actions(self, actions: list[QAction]) -> None:
        """Offer `actions` before the list of zooms."""
        self._zoom_menu.clear()
        self._zoom_menu.addActions(actions)
        self._zoom_menu.addSeparator()
        for zoom in _ZOOMS:
            action = self._zoom_menu.addAction(share(zoom, 0))
            action.triggered.connect(lambda _checked=False, zoom=zoom: self.zoom_chosen.emit(zoom))

    def show_file(self, name: str, counter: str) -> None:
        """Show the file's name and its position, as "7/120"."""
        self._counter.setText(counter)
        self._counter.setVisible(bool(counter))
        self._name.setText(name)
        self._name.setToolTip(name)

    def show_state(self, text: str, fraction: float | None = None) -> None:
        """Say what is going on, with a line that grows to `fraction`; None draws none."""
        self._state.setText(text)
        self._state.setToolTip(text)  # what an engine says of a device may be longer than the window
        if fraction != self._fraction:
            self._fraction = fraction
            self.update()

    def show_pixel(self, pixel: Pixel | None) -> None:
        """Show a pixel's position, values and colour."""
        self._pixel.setText(pixel_text(pixel))
        self._swatch.show_color(QColor(*pixel.rgb) if pixel is not None else None)

    def show_zoom(self, zoom: float | None) -> None:
        """Show the zoom; None: no picture."""
        self._zoom.setVisible(zoom is not None)
        if zoom is not None:
            self._zoom.setText(share(zoom, 1 if zoom < 0.1 else 0))

    def pixel_shown(self) -> str:
        """The readout's text."""
        return self._pixel.text()

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line."""
        return QSize(600, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """A hairline above; while something is decoded, progress on it."""
        with QPainter(self) as painter:
            scheme = colours()
            painter.fillRect(0, 0, self.width(), 1, QColor(scheme.line))
            if self._fraction is not None:
                painter.fillRect(0, 0, round(self.width() * self._fraction), 2, QColor(scheme.accent))

    def _label(self, accessible_name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName("faint")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAccessibleName(accessible_name)
        label.setMinimumHeight(QFontMetrics(label.font()).height())
        return label
