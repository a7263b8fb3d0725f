"""Lays out the bytes of a `.srec` file."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from srec_engine.container.compression import lzma_compress
from srec_engine.container.contents import Contents, FilePayload, NetworkPayload, PackedMetadata, WebPPayload
from srec_engine.container.fields import pack_integer
from srec_engine.container.geometry import Geometry
from srec_engine.container.header import PIXEL_CHECKSUM_BYTES, Header, pack_header
from srec_engine.container.names import safe_file_name
from srec_engine.container.plane_coding import encode_plane
from srec_engine.container.sections import close_section, pack_index, pack_metadata, pack_planes

__all__ = ["container_bytes", "container_parts", "write_container"]


def container_parts(contents: Contents) -> list[bytes]:
    """The pieces of the file in their order; the sum of their lengths is the file's size.

    Raises:
        ValueError: When the contents do not fit together.
    """
    if len(contents.pixel_checksum) != PIXEL_CHECKSUM_BYTES:
        raise ValueError(f"the pixel checksum has {len(contents.pixel_checksum)} bytes, not {PIXEL_CHECKSUM_BYTES}")
    metadata, planes = _metadata(contents), pack_planes(contents.planes)
    sections = [close_section(content) if content else b"" for content in (metadata, planes)]
    payload = contents.payload
    if isinstance(payload, NetworkPayload):
        adaptation = close_section(lzma_compress(payload.adaptation, 0)) if payload.adaptation else b""
        body = [_index(contents, payload), close_section(encode_plane(payload.base)), adaptation, *payload.chunks]
    else:
        body = [_file_section(payload)]
    header = _header(contents, [len(section) for section in sections], [len(part) for part in body])
    return [pack_header(header), *sections, *body, contents.pixel_checksum]


def container_bytes(contents: Contents) -> bytes:
    """The whole file as bytes. Raises as `container_parts`."""
    return b"".join(container_parts(contents))


def write_container(contents: Contents, stream: BinaryIO) -> int:
    """Write the file to a binary stream, in order; returns its size. Raises as `container_parts`."""
    parts = container_parts(contents)
    for part in parts:
        stream.write(part)
    return sum(len(part) for part in parts)


def _metadata(contents: Contents) -> bytes:
    metadata = contents.metadata
    return metadata.content if isinstance(metadata, PackedMetadata) else pack_metadata(metadata)


def _header(contents: Contents, section_sizes: list[int], body_sizes: list[int]) -> Header:
    payload = contents.payload
    header = Header(
        payload.method,
        contents.mode,
        contents.width,
        contents.height,
        metadata_bytes=section_sizes[0],
        planes_bytes=section_sizes[1],
        payload_bytes=sum(body_sizes),
    )
    if not isinstance(payload, NetworkPayload):
        return header
    _, base_bytes, adaptation_bytes, *chunk_sizes = body_sizes
    return replace(
        header,
        channels=payload.base.shape[2],
        scale_count=payload.scale_count,
        tile_size=payload.tile_size,
        model_id=payload.model_id,
        base_bytes=base_bytes,
        adaptation_bytes=adaptation_bytes,
        payload_bytes=sum(chunk_sizes),
        learning=payload.learning,
    )


def _index(contents: Contents, payload: NetworkPayload) -> bytes:
    geometry = Geometry(contents.width, contents.height, payload.scale_count, payload.tile_size)
    if len(payload.chunks) != geometry.chunk_count or payload.base.shape[:2] != geometry.base_size:
        raise ValueError(
            f"{len(payload.chunks)} chunks and a base of {payload.base.shape[:2]} do not fit {geometry}, which has "
            f"{geometry.chunk_count} chunks and a base of {geometry.base_size}"
        )
    return close_section(pack_index(payload.chunks))


def _file_section(payload: WebPPayload | FilePayload) -> bytes:
    if isinstance(payload, WebPPayload):
        return close_section(payload.data)
    name = safe_file_name(payload.name).encode()
    return close_section(pack_integer(len(name)) + name + payload.data)
