"""Standard output and standard error as the commands use them: what becomes of what is said never ends the work.

A stream may be closed, its reader may be gone, its disk full, or its encoding may lack a letter of a file's name.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import io
import os
import sys
from types import TracebackType
from typing import Any, Self, TextIO, cast

from srec_engine.descriptors import occupy_standard_descriptors

__all__ = ["Streams"]

_ERRORS = "srec-readable"
_PLAIN = {"→": "->", "×": "x", "…": "...", "–": "-", "·": "-", "’": "'", "“": '"', "”": '"', "│": "|"}
_NOBODY_LISTENS = frozenset({errno.EPIPE, errno.EBADF, errno.ECONNRESET})


def _readable(error: UnicodeError) -> tuple[str, int]:
    """What is shown for letters that an encoding lacks: our own signs in plain letters, others by their number."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_PLAIN.get(letter) or _numbered(letter) for letter in letters), error.end


def _numbered(letter: str) -> str:
    return letter.encode("ascii", "backslashreplace").decode("ascii")


class _Guarded:
    """A text stream whose troubles are remembered instead of raised; everything else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.trouble: OSError | ValueError | None = None

    def write(self, text: str) -> int:
        """Write, as long as that is possible."""
        if self.trouble is None:
            try:
                self._stream.write(text)
            except (OSError, ValueError) as error:
                self._give_up(error)
        return len(text)

    def flush(self) -> None:
        """Flush, as long as that is possible."""
        if self.trouble is None:
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self._give_up(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _give_up(self, error: OSError | ValueError) -> None:
        self.trouble = error
        # What is left in the buffer goes nowhere; Python would complain about it once more at exit.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


class Streams:
    """While entered, `sys.stdout` and `sys.stderr` take everything that is written and raise nothing."""

    def __init__(self) -> None:
        self._previous: tuple[TextIO, TextIO] = (sys.stdout, sys.stderr)
        self._guarded: list[_Guarded] = []

    @property
    def lost(self) -> bool:
        """Whether results could not be written to standard output although somebody waits for them: a full disk."""
        trouble = self._guarded[0].trouble if self._guarded else None
        return trouble is not None and not (isinstance(trouble, OSError) and trouble.errno in _NOBODY_LISTENS)

    def __enter__(self) -> Self:
        occupy_standard_descriptors()
        codecs.register_error(_ERRORS, _readable)
        self._previous = (sys.stdout, sys.stderr)
        self._guarded = [_Guarded(_writable(stream)) for stream in self._previous]
        sys.stdout, sys.stderr = (cast(TextIO, stream) for stream in self._guarded)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self._guarded:
            stream.flush()
        sys.stdout, sys.stderr = self._previous


def _writable(stream: TextIO | None) -> TextIO:
    """The stream, which leaves no letter out; where it was closed before Python began, one that goes nowhere."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - lives as long as the process
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=_ERRORS)
    return stream
