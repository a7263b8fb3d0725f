"""How inner loops are compiled by numba, and where the machine code is kept. Importing it imports numba."""

from __future__ import annotations

import functools
import hashlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import extending
from numba.core import config, types  # the settings have no other public name

from srec_engine.compilation.cache_directory import cache_directory
from srec_engine.compilation.code_cache import CheckedCache

__all__ = [
    "code_directory",
    "inlined",
    "integer",
    "is_compiled",
    "kernel",
    "leading_zeros",
    "mark_compiled",
    "overloaded",
    "quotient",
]

Function = TypeVar("Function", bound=Callable[..., Any])

_log = logging.getLogger(__name__)
_configuration_lock = threading.Lock()

_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "boundscheck": False,
    "fastmath": False,
    # Kernels make no arrays. Counting references to those that they are given, at every call of a function that is
    # inlined, would take several times as long as what the functions do.
    "_nrt": False,
}


_PART_OPTIONS: dict[str, Any] = {
    **_OPTIONS,
    "forceinline": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


def inlined(function: Function) -> Function:
    """Compile a function so that it becomes a part of every kernel that calls it. Python itself cannot call it.

    The wrappers that it could be called by are a quarter of the time that compiling takes.
    """
    made = cast(Any, numba.njit(**_PART_OPTIONS)(function))
    # numba would jump to the wrapper that is not there.
    made._insert = _leave_out  # noqa: SLF001
    made._compile_for_args = functools.partial(_refuse, function.__name__)  # noqa: SLF001
    return cast(Function, made)


def _leave_out(*_arguments: Any, **_keywords: Any) -> None:
    pass


def _refuse(name: str, *_arguments: Any, **_keywords: Any) -> None:
    raise TypeError(f"{name} is a part of kernels, and cannot be called from outside of one")


def overloaded(function: Callable[..., Any]) -> Callable[[Function], Function]:
    """Give kernels, where they call `function`, what the decorated function returns for the types of its arguments."""
    options = cast(Any, {"forceinline": True, **_OPTIONS})
    decorator: Callable[[Function], Function] = extending.overload(function, jit_options=options, strict=False)
    return decorator


def kernel(function: Function) -> Function:
    """Compile a function on its first call, without the GIL, and keep the machine code for the next process."""
    dispatcher = numba.njit(**_OPTIONS)(function)
    folder = code_directory(Path(function.__code__.co_filename).parent)
    if folder is None:
        _log.info("There is no place to keep compiled code in: it is made anew by every process.")
        return cast(Function, dispatcher)
    with _configuration_lock:
        # numba looks at its configuration only here; a user's own choice of folder comes back right after.
        settings = cast(Any, config)
        previous = settings.CACHE_DIR
        settings.CACHE_DIR = str(folder)
        try:
            dispatcher._cache = CheckedCache(function)  # noqa: SLF001 - what enable_caching does, with our own class
        except (RuntimeError, OSError) as error:
            _log.warning("Compiled code cannot be kept in %s: %s", folder, error)
        finally:
            settings.CACHE_DIR = previous
    return cast(Function, dispatcher)


def code_directory(package: Path) -> Path | None:
    """Folder of the machine code that was compiled from exactly these sources by exactly this numba, if there is any.

    numba itself looks only at the file of the outermost function. Code compiled from an older `distribution` would
    decode to other pixels, so the folder's name covers every file of the package that the kernel is in, and of those
    that have loops for others: this one and `entropy`.

    Args:
        package: Folder of the package that the kernel is in.
    """
    folder = cache_directory()
    return None if folder is None else folder / "numba" / _sources_digest(package)


def is_compiled(key: str, package: Path) -> bool:
    """Whether `mark_compiled` was called for this kind of kernel, by this process or an earlier one."""
    folder = code_directory(package)
    return folder is not None and (folder / f"{key}.done").exists()


def mark_compiled(key: str, package: Path) -> None:
    """Remember that the machine code of a kernel is on disk. Only a message depends on it."""
    folder = code_directory(package)
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{key}.done").touch()
    except OSError as error:
        _log.info("Cannot write to %s: %s", folder, error)


@functools.cache
def _sources_digest(package: Path) -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    own = Path(__file__).parent
    for folder in (own, own.parent / "entropy", package):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _leading_zeros(_typing_context: Any, value: Any) -> Any:
    if not isinstance(value, types.Integer) or value != types.int64:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(value), generate


leading_zeros: Callable[[int], int] = cast(Any, extending.intrinsic(_leading_zeros))
"""Leading zero bits of a 64-bit integer (64 for zero). For use inside kernels only."""


@inlined
def integer(value: Any) -> int:
    """Make a 64-bit integer of a number: numba would compute narrower ones in their own width, or in floating point."""
    return np.int64(value)  # type: ignore[return-value]


@inlined
def quotient(dividend: int, divisor: int) -> int:
    """Divide integers that are not negative; without signs there is no floor to take care of."""
    return np.int64(np.uint64(dividend) // np.uint64(divisor))  # type: ignore[return-value]
