"""Lossless image compression with a learned codec: the engine.

What is exported here is the public API; everything else may change. Names are loaded when they are first used, so that
importing the package costs nothing and brings in neither torch nor numba nor Pillow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from srec_engine.analysis.colours import BELOW, BEYOND, ValueRange, colour_table, default_range
    from srec_engine.analysis.damage import DamageLog
    from srec_engine.analysis.inspection import Inspection
    from srec_engine.analysis.jpeg_bands import band_of
    from srec_engine.analysis.jpeg_parts import JpegPart, JpegPartKind
    from srec_engine.analysis.jpeg_readout import BlockChannel, BlockReadout
    from srec_engine.analysis.layers import Layer, LayeredTile, Part, TileLayers, byte_scale, make_layers
    from srec_engine.analysis.ledger import UNREADABLE, Ledger, LedgerRow
    from srec_engine.analysis.opening import inspect_file, inspect_with_network, prepare_inspection
    from srec_engine.analysis.picture import draw_map, unit_text
    from srec_engine.analysis.readout import Distribution, PixelReadout
    from srec_engine.analysis.report import ledger_csv, ledger_json, parts_csv, parts_json
    from srec_engine.atomic import atomic_write, write_atomically
    from srec_engine.codec.checking import check_file
    from srec_engine.codec.decode import (
        DecodedImage,
        DecodeStep,
        decode_file,
        decode_image,
        decode_steps,
        read_source,
        verify_file,
    )
    from srec_engine.codec.devices import list_devices
    from srec_engine.codec.encode import EncodedImage, encode_file, encode_image
    from srec_engine.codec.exporting import export_jpeg_xl
    from srec_engine.codec.information import read_info
    from srec_engine.codec.methods import method_words
    from srec_engine.codec.preview import read_preview
    from srec_engine.control import CancelToken, Progress, ProgressCallback, Stage
    from srec_engine.descriptors import occupy_standard_descriptors
    from srec_engine.errors import (
        Cancelled,
        DamagedFileError,
        FileExistsPolicyError,
        MissingDependencyError,
        ModelError,
        NotSrecError,
        OutputError,
        SourceError,
        SrecError,
        UnsupportedImageError,
    )
    from srec_engine.files import (
        FileKind,
        ResultNames,
        explain_reading,
        fault_sentence,
        find_files,
        identify,
        is_promised,
        output_path,
        require_no_pipe,
        require_regular_file,
        resolve_existing,
        result_name,
        write_fault_report,
    )
    from srec_engine.model.store import model_names
    from srec_engine.options import DEFAULT_MODEL, CodecOptions, EncodeOptions, ExistingPolicy, Method, WithoutGain
    from srec_engine.pillow_plugin import register_pillow
    from srec_engine.places import home_folder
    from srec_engine.reports import (
        CheckedPart,
        CheckReport,
        ComesBack,
        DecodeReport,
        Device,
        EncodeReport,
        FileInfo,
        MethodWords,
        ScaleBytes,
    )

_MODULE_OF = {
    "BELOW": "analysis.colours",
    "BEYOND": "analysis.colours",
    "BlockChannel": "analysis.jpeg_readout",
    "BlockReadout": "analysis.jpeg_readout",
    "CancelToken": "control",
    "Cancelled": "errors",
    "CheckReport": "reports",
    "CheckedPart": "reports",
    "CodecOptions": "options",
    "ComesBack": "reports",
    "DEFAULT_MODEL": "options",
    "DamageLog": "analysis.damage",
    "DamagedFileError": "errors",
    "DecodeReport": "reports",
    "DecodeStep": "codec.decode",
    "DecodedImage": "codec.decode",
    "Device": "reports",
    "Distribution": "analysis.readout",
    "EncodeOptions": "options",
    "EncodeReport": "reports",
    "EncodedImage": "codec.encode",
    "ExistingPolicy": "options",
    "FileExistsPolicyError": "errors",
    "FileInfo": "reports",
    "FileKind": "files",
    "Inspection": "analysis.inspection",
    "JpegPart": "analysis.jpeg_parts",
    "JpegPartKind": "analysis.jpeg_parts",
    "Layer": "analysis.layers",
    "LayeredTile": "analysis.layers",
    "Ledger": "analysis.ledger",
    "LedgerRow": "analysis.ledger",
    "Method": "options",
    "MethodWords": "reports",
    "MissingDependencyError": "errors",
    "ModelError": "errors",
    "NotSrecError": "errors",
    "OutputError": "errors",
    "Part": "analysis.layers",
    "PixelReadout": "analysis.readout",
    "Progress": "control",
    "ProgressCallback": "control",
    "ResultNames": "files",
    "ScaleBytes": "reports",
    "SourceError": "errors",
    "SrecError": "errors",
    "Stage": "control",
    "TileLayers": "analysis.layers",
    "UNREADABLE": "analysis.ledger",
    "UnsupportedImageError": "errors",
    "ValueRange": "analysis.colours",
    "WithoutGain": "options",
    "atomic_write": "atomic",
    "check_file": "codec.checking",
    "band_of": "analysis.jpeg_bands",
    "byte_scale": "analysis.layers",
    "colour_table": "analysis.colours",
    "decode_file": "codec.decode",
    "decode_image": "codec.decode",
    "decode_steps": "codec.decode",
    "default_range": "analysis.colours",
    "draw_map": "analysis.picture",
    "encode_file": "codec.encode",
    "encode_image": "codec.encode",
    "explain_reading": "files",
    "export_jpeg_xl": "codec.exporting",
    "fault_sentence": "files",
    "find_files": "files",
    "home_folder": "places",
    "identify": "files",
    "inspect_file": "analysis.opening",
    "inspect_with_network": "analysis.opening",
    "is_promised": "files",
    "ledger_csv": "analysis.report",
    "ledger_json": "analysis.report",
    "list_devices": "codec.devices",
    "make_layers": "analysis.layers",
    "method_words": "codec.methods",
    "model_names": "model.store",
    "occupy_standard_descriptors": "descriptors",
    "output_path": "files",
    "parts_csv": "analysis.report",
    "parts_json": "analysis.report",
    "prepare_inspection": "analysis.opening",
    "read_info": "codec.information",
    "read_source": "codec.decode",
    "read_preview": "codec.preview",
    "register_pillow": "pillow_plugin",
    "require_no_pipe": "files",
    "require_regular_file": "files",
    "resolve_existing": "files",
    "result_name": "files",
    "unit_text": "analysis.picture",
    "verify_file": "codec.decode",
    "write_atomically": "atomic",
    "write_fault_report": "files",
}

__all__ = [
    "BELOW",
    "BEYOND",
    "DEFAULT_MODEL",
    "UNREADABLE",
    "BlockChannel",
    "BlockReadout",
    "CancelToken",
    "Cancelled",
    "CheckReport",
    "CheckedPart",
    "CodecOptions",
    "ComesBack",
    "DamageLog",
    "DamagedFileError",
    "DecodeReport",
    "DecodeStep",
    "DecodedImage",
    "Device",
    "Distribution",
    "EncodeOptions",
    "EncodeReport",
    "EncodedImage",
    "ExistingPolicy",
    "FileExistsPolicyError",
    "FileInfo",
    "FileKind",
    "Inspection",
    "JpegPart",
    "JpegPartKind",
    "Layer",
    "LayeredTile",
    "Ledger",
    "LedgerRow",
    "Method",
    "MethodWords",
    "MissingDependencyError",
    "ModelError",
    "NotSrecError",
    "OutputError",
    "Part",
    "PixelReadout",
    "Progress",
    "ProgressCallback",
    "ResultNames",
    "ScaleBytes",
    "SourceError",
    "SrecError",
    "Stage",
    "TileLayers",
    "UnsupportedImageError",
    "ValueRange",
    "WithoutGain",
    "atomic_write",
    "band_of",
    "byte_scale",
    "check_file",
    "colour_table",
    "decode_file",
    "decode_image",
    "decode_steps",
    "default_range",
    "draw_map",
    "encode_file",
    "encode_image",
    "explain_reading",
    "export_jpeg_xl",
    "fault_sentence",
    "find_files",
    "home_folder",
    "identify",
    "inspect_file",
    "inspect_with_network",
    "is_promised",
    "ledger_csv",
    "ledger_json",
    "list_devices",
    "make_layers",
    "method_words",
    "model_names",
    "occupy_standard_descriptors",
    "output_path",
    "parts_csv",
    "parts_json",
    "prepare_inspection",
    "read_info",
    "read_preview",
    "read_source",
    "register_pillow",
    "require_no_pipe",
    "require_regular_file",
    "resolve_existing",
    "result_name",
    "unit_text",
    "verify_file",
    "write_atomically",
    "write_fault_report",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
