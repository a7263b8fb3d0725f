"""Reads a `.srec` file, or what there is of it: a truncated file still gives every section that arrived whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from srec_engine.container.compression import lzma_decompress
from srec_engine.container.contents import Plane
from srec_engine.container.fields import Cursor
from srec_engine.container.geometry import Geometry
from srec_engine.container.header import (
    CRC_BYTES,
    MAX_ADAPTATION_BYTES,
    MAX_HEADER_BYTES,
    PIXEL_CHECKSUM_BYTES,
    Header,
    parse_header,
)
from srec_engine.container.names import MAX_NAME_BYTES, safe_file_name
from srec_engine.container.plane_coding import decode_plane
from srec_engine.container.sections import open_section, parse_index, parse_metadata, parse_planes
from srec_engine.container.signature import SIGNATURE_BYTES
from srec_engine.container.source import open_source
from srec_engine.errors import DamagedFileError, NotSrecError
from srec_engine.options import Method

__all__ = ["Reader", "open_reader"]


@dataclass(frozen=True, slots=True)
class _Section:
    """Where a section lies in the file."""

    start: int
    size: int


class Reader:
    """Random access to the parts of one `.srec` file. Nothing but the header is read until it is asked for.

    Methods may be called from several threads. Each raises `DamagedFileError`, with a message that names the file
    and the part, when that part is missing or damaged.

    Attributes:
        header: What the header says.
        geometry: Scales, tiles and chunks; None when no network is used.
        name: Names the file in messages.
        file_bytes: Size of the file as it is, which may be less than `header.file_bytes`.
    """

    def __init__(self, source: bytes | bytearray | memoryview | BinaryIO, name: str = "The .srec data") -> None:
        """Read the header.

        Args:
            source: The bytes, or a binary file that can seek and stays open while the reader is used.
            name: Names the file in messages.

        Raises:
            NotSrecError: When this is something else, or was written by a newer version.
            DamagedFileError: When the header is cut off or was changed.
        """
        self._source = open_source(source)
        self.name = name
        self.file_bytes = self._source.size
        first = self._source.read(0, max(MAX_HEADER_BYTES, SIGNATURE_BYTES))
        self.header: Header = parse_header(first, self.file_bytes, name)
        self.geometry: Geometry | None = self.header.geometry
        self._sections = _lay_out(self.header)

    @property
    def is_complete(self) -> bool:
        """Whether the file has all the bytes that its header announces; they may still be damaged."""
        return self.missing_bytes == 0

    @property
    def missing_bytes(self) -> int:
        """How many of the bytes that the header announces the file lacks."""
        return max(0, self.header.file_bytes - self.file_bytes)

    def metadata(self) -> dict[str, bytes]:
        """Metadata by name, in the order it was written."""
        return parse_metadata(self._content("metadata"), self._what("metadata"))

    def planes(self) -> tuple[Plane, ...]:
        """The planes that the network does not code, still compressed."""
        return parse_planes(self._content("planes"), self._what("planes"))

    def base(self) -> NDArray[np.uint8]:
        """The coarsest scale of the whole picture: uint8 (H, W, C) with C of 1 or 3."""
        height, width = self._network().base_size
        return decode_plane(self._content("base"), height, width, self.header.channels, self._what("base"))

    def adaptation(self) -> bytes:
        """Corrections of the model for this picture; empty for none."""
        content = self._content("adaptation")
        return lzma_decompress(content, MAX_ADAPTATION_BYTES, self._what("adaptation"), 0) if content else b""

    def chunk(self, scale: int, tile: int) -> bytes:
        """The chunk of one tile at one coded scale."""
        number = self._network().chunk_number(scale, tile)
        _, starts, checksums = self._index
        start, end = int(starts[number]), int(starts[number + 1])
        data = self._source.read(self._sections["chunks"].start + start, end - start)
        if len(data) < end - start:
            raise DamagedFileError(
                f"{self.name} is cut off: tile {tile} at scale {scale} is missing. "
                "The scales that arrived can still be shown."
            )
        if crc32(data) != checksums[number]:
            raise DamagedFileError(
                f"{self.name} is damaged in tile {tile} at scale {scale}: its checksum does not match. "
                "The rest of the picture can still be shown."
            )
        return data

    def available(self, scale: int, tile: int) -> bool:
        """Whether a chunk lies wholly within the file and its index entry can be read; its CRC-32 is not computed."""
        number = self._network().chunk_number(scale, tile)
        try:
            _, starts, _ = self._index
        except DamagedFileError:
            return False
        return self._sections["chunks"].start + int(starts[number + 1]) <= self.file_bytes

    def scale_bytes(self, scale: int) -> int:
        """Bytes of all chunks of one coded scale."""
        geometry = self._network()
        first = geometry.chunk_number(scale, 0)
        lengths, _, _ = self._index
        return int(lengths[first : first + geometry.tile_count].sum(dtype=np.int64))

    def body(self) -> bytes:
        """The WebP file, or the source file as its method packs it."""
        content = self._content("body")
        if not self.header.method.holds_file:
            return content
        cursor = Cursor(content, self._what("body"))
        cursor.take(cursor.take_integer())
        return cursor.take_rest()

    def remains_of_body(self) -> bytes:
        """What there is of a held file as its method packs it, unchecked: for those who can save some of it.

        Raises:
            DamagedFileError: When not even its name is there.
        """
        section, (_, before) = self._sections["body"], self._held
        return self._source.read(section.start + before, section.size - CRC_BYTES - before)

    @property
    def source_name(self) -> str:
        """The source file's name, made safe; only where that file is held."""
        name, _ = self._held
        return name

    @property
    def held_bytes(self) -> int:
        """Size of the source file as its method packs it; only where that file is held."""
        _, before = self._held
        return self.header.payload_bytes - CRC_BYTES - before

    @cached_property
    def _held(self) -> tuple[str, int]:
        """The source file's name, and how many bytes of the body are before the file."""
        if not self.header.method.holds_file:
            raise ValueError(f"a file of method {self.header.method} keeps no name")
        section = self._sections["body"]
        first = self._source.read(section.start, min(section.size - CRC_BYTES, MAX_NAME_BYTES + 2))
        cursor = Cursor(first, self._what("body"))
        name = cursor.take(cursor.take_integer())
        return safe_file_name(name.decode(errors="replace")), len(first) - cursor.remaining

    @property
    def pixel_checksum(self) -> bytes:
        """The 16 bytes that identify the decoded picture (the source file, where that is held)."""
        return self._read("checksum")

    def section_sizes(self) -> dict[str, int]:
        """Bytes of each part of the file in its order; they add up to `file_bytes`.

        "surplus" is what follows the end of the picture; sections that are absent or did not arrive are left out.
        """
        sizes = {}
        for key, section in self._sections.items():
            sizes[key] = max(0, min(section.size, self.file_bytes - section.start))
        sizes["surplus"] = max(0, self.file_bytes - self.header.file_bytes)
        return {key: size for key, size in sizes.items() if size}

    @cached_property
    def _index(self) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.uint32]]:
        return parse_index(self._content("index"), self.header.payload_bytes, self._what("index"))

    def _network(self) -> Geometry:
        if self.geometry is None:
            raise ValueError(f"a file of method {self.header.method} has no base and no chunks")
        return self.geometry

    def _what(self, key: str) -> str:
        return f'{self.name}: the section "{key}"'

    def _content(self, key: str) -> bytes:
        section = self._read(key)
        return open_section(section, self._what(key)) if section else b""

    def _read(self, key: str) -> bytes:
        section = self._sections[key]
        # Compared before reading: a hostile size must not allocate.
        if section.start + section.size > self.file_bytes:
            raise DamagedFileError(
                f'{self.name} is cut off: its section "{key}" is missing '
                f"({self.header.file_bytes} bytes were written, {self.file_bytes} are here). Fetch the file again."
            )
        return self._source.read(section.start, section.size)


@contextmanager
def open_reader(path: Path) -> Iterator[Reader]:
    """Open a `.srec` file for reading; closed when the block is left.

    Raises:
        NotSrecError: When the file cannot be opened, is something else, or was written by a newer version.
        DamagedFileError: When the header is cut off or was changed.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotSrecError(
            f"{path} cannot be opened: {error.strerror or error}. Check the name and the rights."
        ) from error
    with file:
        yield Reader(file, str(path))


def _lay_out(header: Header) -> dict[str, _Section]:
    """Sections of a file in their order."""
    sizes = {"header": header.header_bytes, "metadata": header.metadata_bytes, "planes": header.planes_bytes}
    if header.method == Method.SREC:
        sizes |= {"index": header.index_bytes, "base": header.base_bytes}
        sizes |= {"adaptation": header.adaptation_bytes, "chunks": header.payload_bytes}
    else:
        sizes["body"] = header.payload_bytes
    sizes["checksum"] = PIXEL_CHECKSUM_BYTES
    sections, start = {}, 0
    for key, size in sizes.items():
        sections[key] = _Section(start, size)
        start += size
    return sections
