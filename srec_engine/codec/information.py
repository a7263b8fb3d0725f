"""What a `.srec` tells without decoding: no torch here, so that a glance is instant."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from srec_engine.accounts import Skeleton
from srec_engine.codec.chunks import scale_bytes
from srec_engine.codec.methods import holding_method
from srec_engine.codec.steps import opened
from srec_engine.container import Reader
from srec_engine.errors import DamagedFileError
from srec_engine.files import format_of_name
from srec_engine.images.planes import metadata_from_reader
from srec_engine.model.store import find_model_by_id
from srec_engine.reports import ComesBack, FileInfo, ScaleBytes

__all__ = ["read_info"]


def read_info(source: Path | bytes) -> FileInfo:
    """What the header and the chunks' lengths tell.

    Raises:
        NotSrecError: When this is no `.srec` file that can be read.
        DamagedFileError: When its header is damaged. Other damage leaves out what cannot be told.
    """
    with opened(source) as reader:
        header, geometry = reader.header, reader.geometry
        metadata, skeleton = _metadata(reader)
        model = find_model_by_id(header.model_id) if header.model_id else None
        return FileInfo(
            width=header.width,
            height=header.height,
            mode=header.mode,
            method=header.method,
            format_version=header.version,
            file_bytes=reader.file_bytes,
            model_id=header.model_id.hex() if header.model_id else None,
            model_name=model.stem if model else None,
            scale_count=header.scale_count,
            tile_size=header.tile_size,
            tile_count=geometry.tile_count if geometry else 0,
            metadata={name: len(value) for name, value in metadata.items()},
            section_bytes=reader.section_sizes(),
            scales=_scales(reader),
            missing_bytes=reader.missing_bytes,
            **_origin(reader, skeleton),
        )


def _metadata(reader: Reader) -> tuple[Mapping[str, bytes], Skeleton | None]:
    try:
        metadata, _, skeleton = metadata_from_reader(reader)
    except DamagedFileError:
        return {}, None
    return metadata, skeleton


def _scales(reader: Reader) -> tuple[ScaleBytes, ...]:
    if reader.geometry is None:
        return ()
    try:
        return tuple(scale_bytes(reader, scale) for scale in reader.geometry.coded_scales())
    except DamagedFileError:
        return ()


def _origin(reader: Reader, skeleton: Skeleton | None) -> dict[str, Any]:
    """What is known of the source file, as fields of `FileInfo`."""
    if reader.header.method.holds_file:
        return {"comes_back": ComesBack.BYTES} | _held(reader)
    if skeleton is None:
        return {}
    exact = ComesBack.BYTES if skeleton.digest else ComesBack.FILE
    return {
        "source_name": skeleton.name,
        "source_format": skeleton.format,
        "source_bytes": skeleton.file_bytes,
        "comes_back": exact,
    }


def _held(reader: Reader) -> dict[str, Any]:
    """What is known of the file that is held; a damaged `.srec` may tell less."""
    told: dict[str, Any] = {}
    with suppress(DamagedFileError):
        told |= {"source_name": reader.source_name, "source_format": format_of_name(reader.source_name)}
        told["source_bytes"] = holding_method(reader.header.method).file_bytes(reader)
    return told
