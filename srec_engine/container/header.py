"""The fixed header of a `.srec` file: what it says, how it is written, and what is checked when it is read."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from zlib import crc32

from srec_engine.container.geometry import Geometry
from srec_engine.container.signature import MAGIC, Signature, recognise
from srec_engine.errors import DamagedFileError, NotSrecError
from srec_engine.limits import MAX_METADATA_BYTES, MAX_PIXELS, MAX_SIDE
from srec_engine.options import Method

__all__ = [
    "CRC_BYTES",
    "FORMAT_VERSION",
    "MAX_ADAPTATION_BYTES",
    "MAX_HEADER_BYTES",
    "MODEL_ID_BYTES",
    "MODES",
    "PIXEL_CHECKSUM_BYTES",
    "Header",
    "pack_header",
    "parse_header",
]

FORMAT_VERSION = 1
MODEL_ID_BYTES = 32
PIXEL_CHECKSUM_BYTES = 16
CRC_BYTES = 4

MODES = (
    *("1", "L", "LA", "P", "RGB", "RGBA"),
    # Only in files that hold the source's bytes:
    *("PA", "RGBX", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16", "I;16B", "I;16L", "I;16N", "La", "RGBa"),
)
"""Pillow's modes; the header holds a mode's position in this tuple."""

_METHODS = tuple(Method)
_PLAIN_MODES = 6

_NAME = MAGIC[1:5]
_FIXED = struct.Struct("<9sBBBBBBBIIIIIQ")
_ADAPTATION_SIZE = struct.Struct("<I")
MAX_HEADER_BYTES = _FIXED.size + MODEL_ID_BYTES + _ADAPTATION_SIZE.size + CRC_BYTES

_ADAPTED = 1
"""Flag: the size of the adaptation follows the model id."""

_LEARNING = 2
"""Flag: the distributions of the streams learn from neighbours."""

MAX_ADAPTATION_BYTES = 1 << 20
_MAX_PLANES_BYTES = MAX_PIXELS + MAX_METADATA_BYTES


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says. Section sizes include each section's CRC-32; 0 means that the section is absent.

    Attributes:
        method: How the picture is held.
        mode: Pillow mode of the picture.
        width, height: Pixels.
        channels: Channels that the network codes: 1 or 3; 0 without a network.
        scale_count: Scales that the network codes; 0 without a network.
        tile_size: Side of a tile in pixels; 0 without a network.
        model_id: SHA-256 of the model (32 bytes); empty without a network.
        metadata_bytes, planes_bytes, base_bytes, adaptation_bytes: Sizes of these sections.
        payload_bytes: Size of all chunks together, or of the section with the WebP or source file.
        version: Version of the format.
        learning: Whether the distributions of the streams learn from neighbours.
    """

    method: Method
    mode: str
    width: int
    height: int
    channels: int = 0
    scale_count: int = 0
    tile_size: int = 0
    model_id: bytes = b""
    metadata_bytes: int = 0
    planes_bytes: int = 0
    base_bytes: int = 0
    payload_bytes: int = 0
    adaptation_bytes: int = 0
    version: int = FORMAT_VERSION
    learning: bool = False

    @property
    def header_bytes(self) -> int:
        """Size of the header itself, its CRC-32 included."""
        adaptation = _ADAPTATION_SIZE.size if self.adaptation_bytes else 0
        return _FIXED.size + len(self.model_id) + adaptation + CRC_BYTES

    @property
    def geometry(self) -> Geometry | None:
        """Where scales, tiles and chunks lie; None without a network."""
        if self.method != Method.SREC:
            return None
        return Geometry(self.width, self.height, self.scale_count, self.tile_size)

    @property
    def index_bytes(self) -> int:
        """Size of the index: length and CRC-32 of every chunk, then its own CRC-32; 0 without a network."""
        geometry = self.geometry
        return 0 if geometry is None else 8 * geometry.chunk_count + CRC_BYTES

    @property
    def file_bytes(self) -> int:
        """Size of the whole file as it was written."""
        around = self.metadata_bytes + self.planes_bytes + self.index_bytes
        pixels = self.base_bytes + self.adaptation_bytes + self.payload_bytes
        return self.header_bytes + around + pixels + PIXEL_CHECKSUM_BYTES


def pack_header(header: Header) -> bytes:
    """Write a header.

    Raises:
        ValueError: When it says something that `parse_header` would refuse.
    """
    problem = _problem(header)
    if problem:
        raise ValueError(problem)
    fixed = _FIXED.pack(
        MAGIC,
        header.version,
        _METHODS.index(header.method),
        MODES.index(header.mode),
        (_ADAPTED if header.adaptation_bytes else 0) | (_LEARNING if header.learning else 0),
        header.channels,
        header.scale_count,
        max(0, header.tile_size.bit_length() - 1),
        header.width,
        header.height,
        header.metadata_bytes,
        header.planes_bytes,
        header.base_bytes,
        header.payload_bytes,
    )
    adaptation = _ADAPTATION_SIZE.pack(header.adaptation_bytes) if header.adaptation_bytes else b""
    content = fixed + header.model_id + adaptation
    return content + struct.pack("<I", crc32(content))


def parse_header(first_bytes: bytes, file_bytes: int, name: str) -> Header:
    """Read a header and check all it says against the limits.

    Args:
        first_bytes: At least the first `MAX_HEADER_BYTES` of the file, or all of a shorter one.
        file_bytes: Size of the file.
        name: Names the file in messages.

    Raises:
        NotSrecError: When the file is something else, or was written by a newer version.
        DamagedFileError: When the header is cut off or was changed.
    """
    _check_signature(first_bytes, file_bytes, name)
    if len(first_bytes) > len(MAGIC) and first_bytes[len(MAGIC)] > FORMAT_VERSION:
        raise NotSrecError(
            f"{name} was written by a newer version of SReC (format {first_bytes[len(MAGIC)]}; this program reads "
            f"up to {FORMAT_VERSION}). Update the program to open it."
        )
    if len(first_bytes) < _FIXED.size:
        raise DamagedFileError(f"{name} ends within its header; nothing can be read. Fetch the file again.")
    return _parse(first_bytes, name)


def _parse(first_bytes: bytes, name: str) -> Header:
    fields = _FIXED.unpack_from(first_bytes)
    _, version, method, mode, flags, channels, scale_count, tile_bits, *numbers = fields
    adapted, learning = (method == 0 and bool(flags & flag) for flag in (_ADAPTED, _LEARNING))
    model_end = _FIXED.size + (MODEL_ID_BYTES if method == 0 else 0)
    end = model_end + (_ADAPTATION_SIZE.size if adapted else 0)
    content, checksum = first_bytes[:end], first_bytes[end : end + CRC_BYTES]
    if struct.pack("<I", crc32(content)) != checksum:
        raise DamagedFileError(f"{name} is damaged: its header was changed or cut off. Fetch the file again.")
    known_flags = _ADAPTED * adapted | _LEARNING * learning
    if method >= len(_METHODS) or mode >= len(MODES) or flags != known_flags or version != FORMAT_VERSION:
        raise NotSrecError(f"{name} uses features that this program does not know. Update the program to open it.")
    tile_size = 1 << tile_bits if tile_bits else 0
    width, height, *sizes = numbers
    model_id = content[_FIXED.size : model_end]
    header = Header(_METHODS[method], MODES[mode], width, height, channels, scale_count, tile_size, model_id, *sizes)
    header = replace(header, learning=learning)
    if adapted:
        header = replace(header, adaptation_bytes=_ADAPTATION_SIZE.unpack_from(content, model_end)[0])
    problem = _problem(header) or ("its corrections are empty" if adapted and not header.adaptation_bytes else "")
    if problem:
        raise DamagedFileError(f"{name} cannot be opened: {problem}.")
    return header


def _check_signature(first_bytes: bytes, file_bytes: int, name: str) -> None:
    if not file_bytes:
        raise DamagedFileError(f"{name} is empty; nothing can be read. Fetch the file again.")
    match recognise(first_bytes, file_bytes):
        case Signature.SREC:
            return
        case Signature.MOTOROLA_SREC:
            raise NotSrecError(
                f"{name} is a Motorola S-record: a text file with a program for a microcontroller, not a picture. "
                "Open it with a tool for firmware."
            )
        case Signature.ORIGINAL_SREC:
            raise NotSrecError(
                f"{name} does not begin like a .srec picture of this program. It may come from the original SReC "
                "program, whose files have no header; decode it with that program and compress the picture again."
            )
    if first_bytes and MAGIC.startswith(first_bytes):
        raise DamagedFileError(f"{name} ends within its header; nothing can be read. Fetch the file again.")
    if first_bytes[1 : len(_NAME) + 1] == _NAME:
        raise DamagedFileError(
            f"{name} was changed on its way, as happens when a transfer takes a file as text. Fetch it again as binary."
        )
    raise NotSrecError(f"{name} is not a .srec picture: it does not begin like one. Check that it is the right file.")


def _problem(header: Header) -> str:
    """What is wrong with a header, or ""."""
    width, height = header.width, header.height
    if not 1 <= width <= MAX_SIDE or not 1 <= height <= MAX_SIDE or width * height > MAX_PIXELS:
        return f"a picture of {width} x {height} pixels is outside what this program handles ({MAX_PIXELS} pixels)"
    if header.metadata_bytes > MAX_METADATA_BYTES or header.planes_bytes > _MAX_PLANES_BYTES:
        return "its metadata or planes are larger than this program handles"
    if header.mode not in MODES[:_PLAIN_MODES] and not header.method.holds_file:
        return f"a picture of mode {header.mode} cannot be held by the method {header.method}"
    return _network_problem(header)


def _network_problem(header: Header) -> str:
    if header.method != Method.SREC:
        unused = header.channels or header.scale_count or header.tile_size or header.model_id or header.base_bytes
        unused = unused or header.adaptation_bytes or header.learning
        return "it describes a network that it does not use" if unused else ""
    if header.channels not in (1, 3) or len(header.model_id) != MODEL_ID_BYTES:
        return f"it has {header.channels} coded channels and a model id of {len(header.model_id)} bytes"
    try:
        height, width = Geometry(header.width, header.height, header.scale_count, header.tile_size).base_size
    except ValueError as error:
        return str(error)
    if header.base_bytes > height * width * header.channels + 1 + CRC_BYTES:
        return "its base is larger than its pixels"
    if header.adaptation_bytes > MAX_ADAPTATION_BYTES:
        return f"its corrections of the model have {header.adaptation_bytes} bytes"
    return ""
