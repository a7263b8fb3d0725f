"""Files on the disk: what they are, what they are called, and where results go."""

from __future__ import annotations

from srec_engine.files.destinations import copy_timestamps, output_path, resolve_existing
from srec_engine.files.faults import fault_sentence, write_fault_report
from srec_engine.files.formats import (
    SREC_SUFFIX,
    accepts_mark,
    format_of_name,
    image_extensions,
    is_known_name,
    readable_formats,
)
from srec_engine.files.identify import FileKind, identify, is_promised
from srec_engine.files.names import ResultNames, group_name, name_key, result_name
from srec_engine.files.regular import explain_reading, is_folder, require_no_pipe, require_regular_file
from srec_engine.files.walk import find_files, natural_key

__all__ = [
    "SREC_SUFFIX",
    "FileKind",
    "ResultNames",
    "accepts_mark",
    "copy_timestamps",
    "explain_reading",
    "fault_sentence",
    "find_files",
    "format_of_name",
    "group_name",
    "identify",
    "image_extensions",
    "is_folder",
    "is_known_name",
    "is_promised",
    "name_key",
    "natural_key",
    "output_path",
    "readable_formats",
    "require_no_pipe",
    "require_regular_file",
    "resolve_existing",
    "result_name",
    "write_fault_report",
]
