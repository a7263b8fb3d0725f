"""Machine code on the disk that is believed only where every byte is what was written. Importing it imports numba."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numba.core.caching import FunctionCache, IndexDataCacheFile  # numba has no public name for what is mended here

__all__ = ["CheckedCache"]

_log = logging.getLogger(__name__)


class _CheckedFiles(IndexDataCacheFile):
    """numba's two files of a function, each behind its SHA-256.

    numba (0.68.1) writes without waiting for the disk, and raises EOFError at every later start when a power cut has
    left an empty file. Code with a byte that has changed would be run as it is.
    """

    def _load_index(self) -> dict[Any, str]:
        content = _read(Path(self._index_path))
        if content is None:
            return {}
        version, stamp, overloads = content
        return overloads if (version, stamp) == (self._version, self._source_stamp) else {}

    def _save_index(self, overloads: dict[Any, str]) -> None:
        self._write(self._index_path, (self._version, self._source_stamp, overloads))

    def _load_data(self: Any, name: str) -> Any:
        content = _read(Path(self._data_path(name)))
        if content is None:
            # numba takes this for a file that was removed, and compiles anew.
            raise FileNotFoundError(name)
        return content

    def _save_data(self: Any, name: str, data: Any) -> None:
        self._write(self._data_path(name), data)

    def _write(self: Any, path: str, content: Any) -> None:
        data = self._dump(content)
        with self._open_for_write(path) as file:
            file.write(hashlib.sha256(data).digest() + data)


def _read(path: Path) -> Any:
    """What a file holds, or None where it is missing or is not what was written."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, content = data[:32], data[32:]
    if hashlib.sha256(content).digest() != digest:
        _log.info("The compiled code in %s is damaged and is made again.", path)
        return None
    return pickle.loads(content)  # noqa: S301 - a folder that only this user can write to


class CheckedCache(FunctionCache):
    """numba's cache of one function, for which no file in it, and no full disk, is a reason to fail."""

    def __init__(self, function: Any) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        plain: Any = self._cache_file
        checked: Any = _CheckedFiles
        base_name = str(plain._index_name).removesuffix(".nbi")  # noqa: SLF001
        self._cache_file = checked(self._cache_path, base_name, plain._source_stamp)  # noqa: SLF001

    def save_overload(self, signature: Any, data: Any) -> None:
        """Keep compiled code, where that is possible."""
        with _harmless(self._cache_path):
            super().save_overload(signature, data)  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def _harmless(folder: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        _log.info("Compiled code cannot be kept in %s: %s", folder, error)
