"""A `.srec` opened, and decoded step by step by the method that holds its picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from srec_engine.codec.decoding import Decoding, Step
from srec_engine.codec.methods import holding_method
from srec_engine.container import Box, Reader, open_reader
from srec_engine.control import CancelToken
from srec_engine.files import require_no_pipe
from srec_engine.options import CodecOptions

__all__ = ["decoding_steps", "opened"]


@contextmanager
def opened(source: Path | bytes) -> Iterator[Reader]:
    """A reader of a file or of bytes. Raises `SourceError` for a pipe, which might never end."""
    if isinstance(source, Path):
        require_no_pipe(source)
        with open_reader(source) as reader:
            yield reader
    else:
        yield Reader(source)


def decoding_steps(
    source: Path | bytes, options: CodecOptions, cancel: CancelToken, region: Box | None, *, partial: bool = True
) -> Iterator[Step]:
    """Decode coarse to fine; what is damaged is named in the last step's report.

    Args:
        source: The file or its bytes.
        options: Device, kernel, threads.
        cancel: Stops it.
        region: The part of the picture that is wanted; None for all of it.
        partial: Whether anybody looks at coarser pictures.

    Raises:
        NotSrecError, ModelError, Cancelled: As they happen.
        DamagedFileError: When nothing can be shown.
    """
    with opened(source) as reader:
        cancel.raise_if_cancelled()
        yield from holding_method(reader.header.method).steps(Decoding(reader, options, cancel, region, partial))
