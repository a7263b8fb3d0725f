"""What the canvas shows: one state of a picture, immutable, made in a worker and handed over whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from srec_gui.view.viewport import Rect

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Picture", "Pixel", "scaled_size", "stored_point"]

_CHANNEL_NAMES = {
    "1": ("L",),
    "L": ("L",),
    "LA": ("L", "A"),
    "P": ("index",),
    "I": ("L",),
    "F": ("L",),
    "RGB": ("R", "G", "B"),
    "RGBA": ("R", "G", "B", "A"),
    "CMYK": ("C", "M", "Y", "K"),
    "YCbCr": ("Y", "Cb", "Cr"),
    "HSV": ("H", "S", "V"),
    "LAB": ("L", "a", "b"),
}


@dataclass(frozen=True, slots=True)
class Pixel:
    """One pixel as stored in the file, without the display's colour conversion.

    Attributes:
        x, y: Position in the picture as displayed (after EXIF orientation).
        names: Names of the channels ("R", "G", "B"; "index" for a palette).
        values: Their values.
        rgb: The colour in 8 bits a channel.
        exact: Whether these are the final values, not those of a coarser scale.
    """

    x: int
    y: int
    names: tuple[str, ...]
    values: tuple[float, ...]
    rgb: tuple[int, int, int]
    exact: bool

    @property
    def hex(self) -> str:
        """The colour as "#RRGGBB"."""
        return "#{:02X}{:02X}{:02X}".format(*self.rgb)


@dataclass(frozen=True, slots=True)
class Picture:
    """One state of a picture.

    Attributes:
        width, height: Size of the full picture as displayed, in pixels.
        levels: Images for the display, in sRGB and oriented. Each is half as large as the one before (rounded up);
            the first is `enlarged` times as wide and high as `original`.
        original: The pixels as stored in the file (not oriented, no colour conversion), or of a coarser scale.
        scale: 0 when `original` is the full picture, n when it is 2**n times smaller (rounded up), -1 when it
            is a reduced picture of any other size.
        orientation: EXIF orientation, 1 to 8, that was applied to `levels`.
        enlarged: How much a coarser scale was smoothly enlarged for the display.
        note: Something about the display the person should know ("the colour profile is damaged"), or "".
    """

    width: int
    height: int
    levels: tuple[QImage, ...]
    original: Image
    scale: int = 0
    orientation: int = 1
    enlarged: int = 1
    note: str = ""

    @property
    def exact(self) -> bool:
        """Whether every pixel is there."""
        return self.scale == 0

    @property
    def level_scale(self) -> tuple[float, float]:
        """Pixels of the first level per pixel of the full picture, across and down."""
        if self.scale >= 0:
            return self.enlarged * 2.0**-self.scale, self.enlarged * 2.0**-self.scale
        return self.levels[0].width() / self.width, self.levels[0].height() / self.height

    def level_for(self, zoom: float) -> int:
        """The coarsest level that is still at least as fine as `zoom` device pixels per picture pixel."""
        ratio = self.level_scale[0] / zoom if zoom > 0 else 1.0
        level = 0
        while level + 1 < len(self.levels) and ratio >= 2.0 ** (level + 1):
            level += 1
        return level

    def level_of_side(self, side: int) -> QImage:
        """The smallest level that is at least `side` pixels wide or high; the first where none is."""
        enough = [level for level in self.levels if max(level.width(), level.height()) >= side]
        return enough[-1] if enough else self.levels[0]

    def source(self, part: Rect, level: int) -> QRectF:
        """Where `part` (in pixels of the full picture) lies in `levels[level]`."""
        across, down = self.level_scale
        offset_x, offset_y = self._offset()
        reduction = 2.0**level
        return QRectF(
            (part.left * across + offset_x) / reduction,
            (part.top * down + offset_y) / reduction,
            part.width * across / reduction,
            part.height * down / reduction,
        )

    def pixel(self, x: int, y: int) -> Pixel | None:
        """The stored pixel at (x, y) of the picture as displayed; None outside of it."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        across, down = self.level_scale
        offset_x, offset_y = self._offset()
        shown = self.levels[0]
        level_x = min(shown.width() - 1, int((x + 0.5) * across + offset_x))
        level_y = min(shown.height() - 1, int((y + 0.5) * down + offset_y))
        times = self.enlarged
        stored = stored_point(
            level_x // times, level_y // times, shown.width() // times, shown.height() // times, self.orientation
        )
        value = self.original.getpixel(stored)
        values = value if isinstance(value, tuple) else (value if value is not None else 0,)
        color = shown.pixelColor(level_x, level_y)
        names = _CHANNEL_NAMES.get(self.original.mode, _CHANNEL_NAMES["L"])[: len(values)]
        rgb = _rgb(self.original.mode, values, (color.red(), color.green(), color.blue()))
        return Pixel(x, y, names, tuple(values), rgb, self.exact)

    def _offset(self) -> tuple[float, float]:
        """Where the full picture begins in the first level.

        A coarser scale is rounded up at its right and bottom edges; mirroring moves that margin to the front.
        """
        if self.scale <= 0:
            return 0.0, 0.0
        across, down = self.level_scale
        first = self.levels[0]
        return (
            first.width() - self.width * across if self.orientation in {2, 3, 6, 7} else 0.0,
            first.height() - self.height * down if self.orientation in {3, 4, 7, 8} else 0.0,
        )


def _rgb(mode: str, values: tuple[float, ...], shown: tuple[int, int, int]) -> tuple[int, int, int]:
    """The stored colour in 8 bits: the values themselves where they are that, else the colour as displayed."""
    if mode in {"RGB", "RGBA", "RGBX"}:
        return int(values[0]), int(values[1]), int(values[2])
    if mode in {"L", "LA", "1"}:
        return int(values[0]), int(values[0]), int(values[0])
    return shown


def scaled_size(width: int, height: int, scale: int) -> tuple[int, int]:
    """Size of scale `scale` of a picture of `width` × `height` pixels: halved `scale` times, rounded up."""
    return -(-width >> scale), -(-height >> scale)


def stored_point(x: int, y: int, width: int, height: int, orientation: int) -> tuple[int, int]:
    """Where the displayed pixel (x, y) of a displayed `width` × `height` picture is stored in the file."""
    right, bottom = width - 1 - x, height - 1 - y
    return {
        2: (right, y),
        3: (right, bottom),
        4: (x, bottom),
        5: (y, x),
        6: (y, right),
        7: (bottom, right),
        8: (bottom, x),
    }.get(orientation, (x, y))
