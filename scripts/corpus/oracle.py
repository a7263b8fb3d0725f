"""Whether a file that came back is the one that went in, told without the engine.

The same bytes are the same file. Otherwise two readers of other projects have to see the same pixels (colours of
palettes looked up, alpha, depth), and everything that is no pixel has to be there byte for byte.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from corpus.structures import StructureError, parts_of
from PIL import Image

__all__ = ["Judgement", "judge", "kind_of"]

# What readers raise on files that they do not take. Their own errors are RuntimeErrors and ValueErrors.
_READER_ERRORS = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    SyntaxError,
    ArithmeticError,
    RuntimeError,
    NotImplementedError,
    AttributeError,
    EOFError,
    MemoryError,
    struct.error,
    Image.DecompressionBombError,
)

_KINDS: tuple[tuple[str, tuple[bytes, ...]], ...] = (
    ("PNG", (b"\x89PNG\r\n\x1a\n",)),
    ("TIFF", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    ("BMP", (b"BM",)),
    ("GIF", (b"GIF87a", b"GIF89a")),
    ("JP2", (b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")),
    ("JPEG", (b"\xff\xd8\xff",)),
    ("QOI", (b"qoif",)),
    ("PNM", (b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"P7", b"Pf", b"PF")),
    ("ICO", (b"\0\0\1\0",)),
    ("PSD", (b"8BPS",)),
    ("DDS", (b"DDS ",)),
    ("SGI", (b"\x01\xda",)),
    ("PCX", (b"\x0a\x05\x01", b"\x0a\x03\x01", b"\x0a\x02\x01")),
)

_SECOND_READERS: dict[str, Callable[[bytes], Any]] = {
    "PNG": imagecodecs.png_decode,
    "BMP": imagecodecs.bmp_decode,
    "GIF": imagecodecs.gif_decode,
    "JP2": imagecodecs.jpeg2k_decode,
    "JPEG": imagecodecs.jpeg8_decode,
    "QOI": imagecodecs.qoi_decode,
    "WEBP": imagecodecs.webp_decode,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a file.

    Attributes:
        outcome: "exact" (the same bytes), "rebuilt" (all the same in other bytes), "wrong" (pixels), "lost" (else).
        details: A sentence for each thing that differs.
    """

    outcome: str
    details: tuple[str, ...] = ()


def kind_of(data: bytes, ending: str) -> str:
    """A file's format: by its first bytes, else by its name's ending (without the dot)."""
    for kind, marks in _KINDS:
        if data.startswith(marks):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    return ending.upper()


def judge(source: bytes, back: bytes, ending: str) -> Judgement:
    """Compare a source with what came back; `ending` is that of the source's name."""
    if source == back:
        return Judgement("exact")
    wrong = _pixel_complaints(source, back, ending)
    lost = _other_complaints(source, back, ending)
    outcome = "wrong" if wrong else "lost" if lost else "rebuilt"
    return Judgement(outcome, tuple(wrong + lost))


def _pixel_complaints(source: bytes, back: bytes, ending: str) -> list[str]:
    found = []
    is_seen = False
    readers: dict[str, Callable[[bytes, str], list[_Samples] | None]] = {"Pillow": _pillow_look}
    # Readers of two formats say the same in two ways; that it is another format is told elsewhere.
    if kind_of(source, ending) == kind_of(back, ending):
        readers["the second reader"] = _second_look
    for reader, look in readers.items():
        before = look(source, ending)
        if before is None:
            continue
        is_seen = True
        after = look(back, ending)
        if after is None:
            found.append(f"{reader} does not read what came back")
        elif len(before) != len(after):
            found.append(f"{reader}: {len(before)} pictures were in it, {len(after)} are")
        else:
            pairs = enumerate(zip(before, after, strict=True), start=1)
            found += [f"{reader}, picture {number}: {_difference(*pair)}" for number, pair in pairs if _differ(*pair)]
    if not is_seen:
        found.append("the bytes are others, and no reader sees the pixels of the source")
    return found


def _differ(before: _Samples, after: _Samples) -> bool:
    return (
        before.depth != after.depth
        or before.values.shape != after.values.shape
        # Bit for bit: there are several numbers that are none, and two zeros.
        or before.values.tobytes() != after.values.tobytes()
    )


def _difference(before: _Samples, after: _Samples) -> str:
    one, other = before.values, after.values
    if one.shape != other.shape or before.depth != after.depth:
        return f"{one.shape} of {before.depth} became {other.shape} of {after.depth}"
    return f"{np.count_nonzero(one != other)} of {one.size} samples differ"


@dataclass(frozen=True, slots=True)
class _Samples:
    """A picture as a reader shows it: samples with colours looked up, and the depth they were stored in."""

    values: Any
    depth: str


def _pillow_look(data: bytes, _ending: str) -> list[_Samples] | None:
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data)) as image:
            warnings.simplefilter("ignore")
            looks = []
            for number in range(getattr(image, "n_frames", 1)):
                image.seek(number)
                image.load()
                has_alpha = "transparency" in image.info or image.mode in ("P", "PA")
                shown = image.convert("RGBA") if has_alpha else image
                # Whether something is a palette's index matters to no one who looks at it; 16 bits made 8 do.
                depth = "8 bits" if image.mode in ("P", "PA", "L", "RGB", "RGBA", "LA") else image.mode
                looks.append(_Samples(_in_four(np.asarray(shown), image.mode), depth))
            return looks
    except _READER_ERRORS:
        return None


def _in_four(values: Any, mode: str) -> Any:
    """Samples of 8 bits as red, green, blue and alpha, so that the ways of storing one picture are one."""
    if mode not in ("L", "LA", "RGB", "RGBA", "P", "PA") or values.dtype != np.uint8:
        return values
    if values.ndim == 2:
        values = values[..., None]
    if values.shape[2] < 3:
        values = np.concatenate([values[..., :1]] * 3 + [values[..., 1:]], axis=2)
    if values.shape[2] == 3:
        values = np.concatenate([values, np.full_like(values[..., :1], 255)], axis=2)
    return values


def _second_look(data: bytes, ending: str) -> list[_Samples] | None:
    kind = kind_of(data, ending)
    try:
        if kind == "TIFF":
            return _tifffile_look(data)
        if kind in _SECOND_READERS:
            values = np.asarray(_SECOND_READERS[kind](data))
            return [_Samples(values, str(values.dtype))]
    except _READER_ERRORS:
        return None
    return None


def _tifffile_look(data: bytes) -> list[_Samples]:
    looks = []
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        for number in range(len(file.pages)):
            page = file.pages[number].aspage()
            values = page.asarray()
            if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and page.samplesperpixel > 1:
                values = np.moveaxis(values, -3, -1)
            tags = (page.photometric, page.bitspersample, page.sampleformat, page.extrasamples)
            colours = page.colormap
            depth = f"{values.dtype} {tags} {None if colours is None else colours.tolist()}"
            looks.append(_Samples(values, depth))
    return looks


def _other_complaints(source: bytes, back: bytes, ending: str) -> list[str]:
    before, after = kind_of(source, ending), kind_of(back, ending)
    if before != after:
        return [f"it was a {before} and is a {after}"]
    try:
        parts, other_parts = parts_of(source), parts_of(back)
    except StructureError as error:
        return [f"the bytes are others, and the structure cannot be compared: {error}"]
    names, other_names = [name for name, _ in parts], [name for name, _ in other_parts]
    if names != other_names:
        return [f"the parts were {names} and are {other_names}"]
    return [
        f"{name}: was {content[:40]!r} ({len(content)} bytes), is {other[:40]!r} ({len(other)} bytes)"
        for (name, content), (_, other) in zip(parts, other_parts, strict=True)
        if content != other
    ]
