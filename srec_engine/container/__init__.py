"""The bytes of a `.srec` file: header, sections, index, chunks and checksums. Nothing here knows what pixels mean.

The format is described in docs/format.md.
"""

from __future__ import annotations

from srec_engine.container.contents import (
    Contents,
    FilePayload,
    NetworkPayload,
    PackedMetadata,
    Plane,
    PlaneKind,
    WebPPayload,
)
from srec_engine.container.geometry import DEFAULT_TILE_SIZE, Box, Geometry
from srec_engine.container.header import FORMAT_VERSION, MODEL_ID_BYTES, PIXEL_CHECKSUM_BYTES, Header
from srec_engine.container.names import safe_file_name
from srec_engine.container.plane_coding import decode_plane, encode_plane
from srec_engine.container.plausibility import is_plausible_size, require_plausible_size
from srec_engine.container.reader import Reader, open_reader
from srec_engine.container.sections import pack_metadata
from srec_engine.container.signature import MAGIC, SIGNATURE_BYTES, Signature, recognise
from srec_engine.container.streams import pack_streams, stream_overhead, unpack_streams
from srec_engine.container.writer import container_bytes, container_parts, write_container

__all__ = [
    "DEFAULT_TILE_SIZE",
    "FORMAT_VERSION",
    "MAGIC",
    "MODEL_ID_BYTES",
    "PIXEL_CHECKSUM_BYTES",
    "SIGNATURE_BYTES",
    "Box",
    "Contents",
    "FilePayload",
    "Geometry",
    "Header",
    "NetworkPayload",
    "PackedMetadata",
    "Plane",
    "PlaneKind",
    "Reader",
    "Signature",
    "WebPPayload",
    "container_bytes",
    "container_parts",
    "decode_plane",
    "encode_plane",
    "is_plausible_size",
    "open_reader",
    "pack_metadata",
    "pack_streams",
    "recognise",
    "require_plausible_size",
    "safe_file_name",
    "stream_overhead",
    "unpack_streams",
    "write_container",
]
