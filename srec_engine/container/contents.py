"""What a `.srec` file is made of, as plain data: the writer takes it, the reader's callers build on the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from srec_engine.container.geometry import DEFAULT_TILE_SIZE
from srec_engine.options import Method

__all__ = ["Contents", "FilePayload", "NetworkPayload", "PackedMetadata", "Plane", "PlaneKind", "WebPPayload"]


class PlaneKind(IntEnum):
    """What a plane that the network does not code is."""

    ALPHA = 1
    PALETTE = 2
    INDICES = 3


@dataclass(frozen=True, slots=True)
class Plane:
    """A plane that the network does not code.

    Attributes:
        kind: What it is.
        data: Its bytes, already compressed; the container does not look inside.
    """

    kind: PlaneKind
    data: bytes


@dataclass(frozen=True, slots=True)
class NetworkPayload:
    """The pixels as the network codes them (method `srec`).

    Attributes:
        model_id: SHA-256 of the model, 32 bytes.
        base: The coarsest scale of the whole picture, uint8 (H, W, C) with C of 1 or 3.
        chunks: Bytes of every chunk in the order of `Geometry.chunk_number`.
        scale_count, tile_size: As in `Geometry`.
        adaptation: Corrections of the model for this picture; empty for none.
        learning: Whether the distributions of the streams learn from neighbours.
    """

    model_id: bytes
    base: NDArray[np.uint8]
    chunks: Sequence[bytes]
    scale_count: int
    tile_size: int = DEFAULT_TILE_SIZE
    adaptation: bytes = b""
    learning: bool = False

    method = Method.SREC


@dataclass(frozen=True, slots=True)
class WebPPayload:
    """The pixels as a lossless WebP file (method `webp`); empty when a plane holds all there is.

    Attributes:
        data: Bytes of the WebP file.
    """

    data: bytes

    method = Method.WEBP


@dataclass(frozen=True, slots=True)
class FilePayload:
    """The source file, for methods that hold files (`Method.holds_file`).

    Attributes:
        name: The source file's name; folders and what is unsafe in a name is dropped on writing and on reading.
        data: The source file as the method packs it; the container does not look inside.
        method: Which one.
    """

    name: str
    data: bytes
    method: Method = Method.VERBATIM


@dataclass(frozen=True, slots=True)
class PackedMetadata:
    """Metadata as the file holds it, packed once for all the ways in which a picture is tried.

    Attributes:
        content: What `pack_metadata` returned.
    """

    content: bytes


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that goes into one `.srec` file.

    Attributes:
        mode: Pillow mode of the picture.
        width, height: Pixels.
        payload: The pixels.
        pixel_checksum: 16 bytes that identify the decoded picture (the source file where that is held); kept last.
        metadata: Bytes by name ("icc", "exif", …), in the order they are to be kept; or packed already.
        planes: What the network does not code.
    """

    mode: str
    width: int
    height: int
    payload: NetworkPayload | WebPPayload | FilePayload
    pixel_checksum: bytes
    metadata: Mapping[str, bytes] | PackedMetadata = field(default_factory=dict)
    planes: Sequence[Plane] = ()
