"""Pictures in and out through Pillow: modes, planes, metadata, and the methods that need no network."""

from __future__ import annotations

from srec_engine.images.conversion import converted_picture
from srec_engine.images.jpeg_packing import (
    jpeg_xl_of,
    pack_jpeg,
    packed_frame,
    unpack_jpeg,
    unpack_picture,
    unpacked_size,
)
from srec_engine.images.losses import reason_to_refuse
from srec_engine.images.metadata import info_from_metadata, metadata_of
from srec_engine.images.opening import explained, open_image, picture_from_image, signature_format
from srec_engine.images.picture import (
    PICTURE_MODES,
    KeptFile,
    Palette,
    Picture,
    SourceFile,
    VerbatimOnlyError,
    bytes_checksum,
    pixel_checksum,
)
from srec_engine.images.planes import (
    coded_colour,
    full_colour,
    metadata_from_reader,
    network_planes,
    picture_from_reader,
    webp_contents,
)
from srec_engine.images.preview import PREVIEW_SIDE, display_info, reduced_base, reduced_file, reduced_image, upright
from srec_engine.images.restoring import FileBytes, restored_file
from srec_engine.images.saving import LOSSLESS_EXTENSIONS, PILLOW_NAMES, save_image, to_image, write_image
from srec_engine.images.sources import FoundFile, account_for, find_file, find_file_to_keep, read_picture
from srec_engine.images.webp import WebPEffort, webp_decode, webp_encode

__all__ = [
    "LOSSLESS_EXTENSIONS",
    "PICTURE_MODES",
    "PILLOW_NAMES",
    "PREVIEW_SIDE",
    "FileBytes",
    "FoundFile",
    "KeptFile",
    "Palette",
    "Picture",
    "SourceFile",
    "VerbatimOnlyError",
    "WebPEffort",
    "account_for",
    "bytes_checksum",
    "coded_colour",
    "converted_picture",
    "display_info",
    "explained",
    "find_file",
    "find_file_to_keep",
    "full_colour",
    "info_from_metadata",
    "jpeg_xl_of",
    "metadata_from_reader",
    "metadata_of",
    "network_planes",
    "open_image",
    "pack_jpeg",
    "packed_frame",
    "picture_from_image",
    "picture_from_reader",
    "pixel_checksum",
    "read_picture",
    "reason_to_refuse",
    "reduced_base",
    "reduced_file",
    "reduced_image",
    "restored_file",
    "save_image",
    "signature_format",
    "to_image",
    "unpack_jpeg",
    "unpack_picture",
    "unpacked_size",
    "upright",
    "webp_contents",
    "webp_decode",
    "webp_encode",
    "write_image",
]
