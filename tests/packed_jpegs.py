"""Files of method `jpeg` whose coefficients our coder holds, also where another packer would be smaller."""

from __future__ import annotations

import io

from PIL import Image

import srec_engine.context_mixing.coder as coder
from srec_engine.container import Contents, FilePayload, container_bytes
from srec_engine.container.compression import compress
from srec_engine.context_mixing.tables import tables_path
from srec_engine.images.jpeg_coefficients import pack_coefficients
from srec_engine.images.jpeg_packing import packed_frame
from srec_engine.images.jpeg_parts import JpegPacker, PackedPart
from srec_engine.images.picture import bytes_checksum
from srec_engine.options import Method

__all__ = ["jpeg_of", "srec_of"]

if not tables_path(coder.CURRENT_TABLES).exists():
    coder.CURRENT_TABLES = 0


def jpeg_of(image: Image.Image, **options: object) -> bytes:
    """A picture as a JPEG."""
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def srec_of(jpeg: bytes, behind: bytes = b"", name: str = "cat.jpg") -> bytes:
    """A `.srec` of a JPEG and what lies behind it."""
    parts = [PackedPart(JpegPacker.COEFFICIENTS, len(jpeg), pack_coefficients(jpeg, 1))]
    if behind:
        parts.append(PackedPart(JpegPacker.GENERAL, len(behind), compress(behind)))
    frame = packed_frame(jpeg)
    payload = FilePayload(name, b"".join(part.data for part in parts), Method.JPEG)
    checksum = bytes_checksum(jpeg + behind)
    return container_bytes(Contents(frame.mode, frame.width, frame.height, payload, checksum))
