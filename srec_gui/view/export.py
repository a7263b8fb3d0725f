"""Saving the shown picture: the pixels of the file, not what the display made of them. Runs in a worker."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from srec_gui.engine import CancelToken, OutputError, UnsupportedImageError, atomic_write

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["FORMATS", "SaveFormat", "format_of", "require_folder", "save_picture"]

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class SaveFormat:
    """A lossless file format.

    Attributes:
        name: Pillow's name, which is also what people call it.
        suffixes: Its suffixes; the first is given to new files.
        modes: Pillow modes it holds exactly.
    """

    name: str
    suffixes: tuple[str, ...]
    modes: frozenset[str]


FORMATS = (
    SaveFormat("PNG", (".png",), frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"})),
    SaveFormat(
        "TIFF", (".tif", ".tiff"), frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F", "CMYK", "LAB"})
    ),
    SaveFormat("WebP", (".webp",), frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})),
)
"""What pictures can be saved as; each keeps every pixel."""


def format_of(path: Path) -> SaveFormat | None:
    """The format of a file name, None when its suffix is none of `FORMATS`."""
    return next((form for form in FORMATS if path.suffix.lower() in form.suffixes), None)


def save_picture(image: Image, destination: Path, cancel: CancelToken, source: Path | None = None) -> Path:
    """Write `image` losslessly to `destination`, in the format of its suffix, and return that path.

    Colour profile, EXIF (with its orientation) and resolution are kept. An existing file is replaced at the very end;
    on any error nothing is left behind. Who may not read `source`, where there is one, may not read the result.

    Raises:
        Cancelled: The token was set.
        UnsupportedImageError: The format cannot hold this picture exactly.
        OutputError: Writing failed.
    """
    form = format_of(destination)
    if form is None:
        message = translate("view", "“{name}” has no suffix this program writes. Choose .png, .tif or .webp.")
        raise UnsupportedImageError(message.format(name=destination.name))
    if image.mode not in form.modes:
        message = translate("view", "{format} cannot hold this picture (mode {mode}) without loss. Choose TIFF.")
        raise UnsupportedImageError(message.format(format=form.name, mode=image.mode))
    cancel.raise_if_cancelled()
    require_folder(destination)
    try:
        _write(image, form, destination, cancel, source)
    except (OSError, OutputError, ValueError) as error:
        raise _not_saved(destination, error) from error
    return destination


def require_folder(destination: Path) -> None:
    """Refuse to make a folder anew that has gone: it may have been that of a disk that was taken out.

    Raises:
        OutputError: The folder of `destination` is not there.
    """
    if not destination.parent.is_dir():
        raise _not_saved(destination, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))


def _not_saved(destination: Path, error: Exception) -> OutputError:
    message = translate("view", "“{name}” could not be saved: {reason}. Choose another folder, or free some space.")
    reason = getattr(error.__cause__ or error, "strerror", None) or str(error)
    return OutputError(message.format(name=destination.name, reason=reason))


def _write(image: Image, form: SaveFormat, destination: Path, cancel: CancelToken, source: Path | None) -> None:
    with atomic_write(destination, readable_like=source) as file:
        image.save(file, form.name, **_options(image, form))
        cancel.raise_if_cancelled()


def _options(image: Image, form: SaveFormat) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if image.info.get("icc_profile"):
        options["icc_profile"] = image.info["icc_profile"]
    exif = image.getexif()
    if len(exif):
        options["exif"] = exif
    if image.info.get("dpi") and form.name != "WebP":
        options["dpi"] = image.info["dpi"]
    if form.name == "WebP":
        options |= {"lossless": True, "exact": True, "quality": 100, "method": 4}
    elif form.name == "TIFF":
        options["compression"] = "tiff_adobe_deflate"
    return options
