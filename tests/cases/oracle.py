"""Whether what came back is all that went in, judged without the engine.

Either the bytes are the same, or two readers of other projects see the same pixels and the file's structure holds the
same parts.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.cases.structures import Part, StructureError, structure_of

__all__ = ["NOTES", "complaints", "look_of", "same_colours"]

NOTES = b"notes that somebody hid"
"""What variants of files hold in places where no walker looks: it has to be there again, as often."""

_ERRORS = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    SyntaxError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    EOFError,
)

_DECODERS: tuple[tuple[bytes | tuple[bytes, ...], Callable[[bytes], Any]], ...] = (
    (b"\x89PNG\r\n\x1a\n", imagecodecs.png_decode),
    ((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), imagecodecs.tiff_decode),
    (b"BM", imagecodecs.bmp_decode),
    (b"GIF8", imagecodecs.gif_decode),
    (b"RIFF", imagecodecs.webp_decode),
    (b"\0\0\0\x0cjP  ", imagecodecs.jpeg2k_decode),
    (b"\xff\xd8", imagecodecs.jpeg8_decode),
    (b"qoif", imagecodecs.qoi_decode),
)

Look = tuple[Any, ...]


def complaints(source: bytes, back: bytes) -> list[str]:
    """What is not in `back` as it was in `source`, a sentence each; empty when nothing was lost or added."""
    if source == back:
        return []
    found = [
        f"{reader}: the pixels are not the same"
        for reader, look in (("Pillow", _pillow_look), ("imagecodecs", _imagecodecs_look))
        if look(source) != look(back)
    ]
    if source.count(NOTES) > back.count(NOTES):
        found.append("what somebody hid in the file is gone")
    if _pillow_look(source) is None and _imagecodecs_look(source) is None:
        found.append("no reader sees the pixels of the source, and the bytes are not the same")
    try:
        found += _differences(structure_of(source), structure_of(back))
    except StructureError as error:
        found.append(f"the bytes are not the same, and the structure cannot be compared: {error}")
    return found


def look_of(data: bytes) -> Look:
    """Shape, type and samples as a reader sees them who is not Pillow, for tests that ask for something particular."""
    look = _imagecodecs_look(data)
    assert look is not None
    return look


def same_colours(source: bytes, back: bytes) -> bool:
    """Whether a file of another format shows the same: colours where they are to be seen, and alpha.

    A BMP may have a fourth sample of which nothing is said: whether it is taken for alpha is no difference.
    """
    before, after = _unturned(source), _unturned(back)
    if source.startswith(b"BM") and before.mode == "RGB":
        return before.size == after.size and before.tobytes() == after.convert("RGB").tobytes()
    return np.array_equal(_visible(before), _visible(after))


def _visible(image: Image.Image) -> NDArray[np.uint8]:
    """RGBA; nothing is left of a colour that is wholly transparent."""
    samples = np.asarray(image.convert("RGBA")).copy()
    samples[samples[:, :, 3] == 0] = 0
    return samples


def _unturned(data: bytes) -> Image.Image:
    """As it lies in the file, whatever a tag says of its orientation.

    A PNG by imagecodecs: Pillow does not find the transparent level of greys of few bits.
    """
    if data.startswith(b"\x89PNG"):
        return Image.fromarray(np.asarray(imagecodecs.png_decode(data)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(io.BytesIO(data))
        if image.format == "TIFF":
            image.getexif().pop(274, None)
        image.load()
    return image


def _pillow_look(data: bytes) -> Look | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(_without_text(data))) as image:
                frames: list[Any] = []
                for number in range(getattr(image, "n_frames", 1)):
                    image.seek(number)
                    image.load()
                    palette = (image.palette.mode, bytes(image.palette.palette)) if image.palette else None
                    clear = image.info.get("transparency")
                    frames.append((image.mode, image.size, image.tobytes(), palette, clear))
                return image.format, *frames
    except _ERRORS:
        return None


def _without_text(data: bytes) -> bytes:
    """A PNG without its text: Pillow reads pixels by it where its key is "interlace" or "bbox"."""
    if not data.startswith(b"\x89PNG"):
        return data
    kept, at = data[:8], 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] not in (b"tEXt", b"zTXt", b"iTXt"):
            kept += data[at:end]
        at = end
    return kept


def _imagecodecs_look(data: bytes) -> Look | None:
    for marks, decode in _DECODERS:
        if data.startswith(marks):
            try:
                samples = np.asarray(decode(data))
            except _ERRORS:
                return None
            return samples.shape, str(samples.dtype), samples.tobytes()
    return None


def _differences(before: list[Part], after: list[Part]) -> list[str]:
    names, other_names = [name for name, _ in before], [name for name, _ in after]
    if names != other_names:
        return [f"the parts were {names} and are {other_names}"]
    return [
        f"{name}: was {content[:60]!r} ({len(content)}), is {other[:60]!r} ({len(other)})"
        for (name, content), (_, other) in zip(before, after, strict=True)
        if content != other
    ]
