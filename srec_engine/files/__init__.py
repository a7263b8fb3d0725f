"""Files on the disk: what they are, where results go, and writing them whole or not at all."""

from __future__ import annotations

from srec_engine.files.atomic import TEMPORARY_SUFFIX, atomic_write, is_temporary, write_atomically
from srec_engine.files.destinations import copy_timestamps, output_path, resolve_existing
from srec_engine.files.formats import SREC_SUFFIX, image_extensions, is_known_name, readable_formats
from srec_engine.files.identify import FileKind, identify
from srec_engine.files.walk import find_files, natural_key

__all__ = [
    "SREC_SUFFIX",
    "TEMPORARY_SUFFIX",
    "FileKind",
    "atomic_write",
    "copy_timestamps",
    "find_files",
    "identify",
    "image_extensions",
    "is_known_name",
    "is_temporary",
    "natural_key",
    "output_path",
    "readable_formats",
    "resolve_existing",
    "write_atomically",
]
