"""Out of a `.srec` into a format that other programs open, without losing anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from srec_engine.accounts import UnaccountedError
from srec_engine.atomic import write_atomically
from srec_engine.codec.background import run_cancellable
from srec_engine.codec.decode import verify_file
from srec_engine.codec.methods import holding_method
from srec_engine.codec.steps import opened
from srec_engine.control import CancelToken, ProgressCallback
from srec_engine.errors import UnsupportedImageError
from srec_engine.files import copy_timestamps
from srec_engine.images.jpeg_packing import jpeg_xl_of
from srec_engine.options import CodecOptions, Method
from srec_engine.reports import DecodeReport

__all__ = ["export_jpeg_xl"]

_BEHIND = "what lies behind the picture"


def export_jpeg_xl(
    source: Path,
    destination: Path,
    options: CodecOptions = CodecOptions(),
    *,
    cancel: CancelToken | None = None,
    progress: ProgressCallback | None = None,
) -> DecodeReport:
    """Write a JPEG XL file (`.jxl`) of the JPEG that a `.srec` of method `jpeg` holds, whole or not at all.

    It is the picture for every program that opens JPEG XL, and the very JPEG for those that rebuild it (`djxl`).

    Args:
        source: The `.srec` file.
        destination: Where the result shall be. It gets the times of the `.srec`.
        options: Threads.
        cancel: Stops it.
        progress: Is told how far it is.

    Returns:
        What was done; `dropped` says where the source file had more than its picture.

    Raises:
        UnsupportedImageError: When the file is of another method, or JPEG XL cannot hold its JPEG so that the very file
            comes back.
        NotSrecError, DamagedFileError, Cancelled: As `verify_file`, which the file has to pass.
        OutputError: When the result cannot be written.
    """
    with opened(source) as reader:
        method = reader.header.method
        if method is not Method.JPEG:
            raise UnsupportedImageError(
                f"{source} holds its picture {holding_method(method).words.how}: there is no JPEG in it. srec "
                "decode gives the file that it was made of, or with --format a PNG, TIFF or WebP."
            )
        body, name = reader.body(), reader.source_name
    token = cancel or CancelToken()
    report = verify_file(source, options, cancel=token, progress=progress)
    try:
        data, is_whole = run_cancellable(lambda: jpeg_xl_of(body, str(source), options.threads), token)
    except UnaccountedError as reason:
        raise UnsupportedImageError(
            f"{source} holds a JPEG that cannot be exported: {reason}. srec decode gives the file {name} itself."
        ) from reason
    write_atomically(destination, data, readable_like=source)
    copy_timestamps(source, destination)
    return replace(report, destination=destination, dropped=() if is_whole else (_BEHIND,))
