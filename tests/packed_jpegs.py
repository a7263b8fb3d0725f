"""Files of method `jpeg` by one packer or the other, whichever would be smaller."""

from __future__ import annotations

import io

from PIL import Image

from srec_engine.container import Contents, FilePayload, container_bytes
from srec_engine.container.compression import compress
from srec_engine.images.jpeg_coefficients import pack_coefficients
from srec_engine.images.jpeg_packing import packed_frame
from srec_engine.images.jpeg_parts import JpegPacker, PackedPart
from srec_engine.images.picture import bytes_checksum
from srec_engine.images.second_reader import codecs
from srec_engine.options import Method

__all__ = ["jpeg_of", "srec_by_jpeg_xl", "srec_of"]


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
    return _srec(jpeg, behind, name, parts)


def srec_by_jpeg_xl(jpeg: bytes, name: str = "cat.jpg") -> bytes:
    """A `.srec` of a JPEG that libjxl packed."""
    packed = bytes(codecs().jpegxl_encode_jpeg(jpeg, usecontainer=True))
    return _srec(jpeg, b"", name, [PackedPart(JpegPacker.JPEG_XL, len(jpeg), packed)])


def _srec(jpeg: bytes, behind: bytes, name: str, parts: list[PackedPart]) -> bytes:
    frame = packed_frame(jpeg)
    payload = FilePayload(name, b"".join(part.data for part in parts), Method.JPEG)
    checksum = bytes_checksum(jpeg + behind)
    return container_bytes(Contents(frame.mode, frame.width, frame.height, payload, checksum))
