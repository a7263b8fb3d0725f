"""torchac's C++ backend, compiled with optimisation.

`import torchac` compiles at import, without optimisation, and prints. Here its source is found without importing it and
is built once into this user's cache folder, silently and only when it is needed.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.machinery
import importlib.metadata
import importlib.util
import io
import logging
import os
import platform
import shutil
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, cast

from srec_engine.atomic import write_atomically
from srec_engine.compilation.cache_directory import cache_directory
from srec_engine.entropy.messages import INSTALL_ADVICE
from srec_engine.errors import MissingDependencyError, OutputError

__all__ = ["TorchacBackend", "load_backend"]

_NAME = "srec_torchac_backend"

_log = logging.getLogger(__name__)
_build_lock = threading.Lock()


class TorchacBackend(Protocol):
    """The functions of torchac's C++ module. Both hold the GIL while they run."""

    def encode_cdf(self, cdf: Any, symbols: Any) -> bytes:
        """Code int16 symbols (N) with int16 tensors of cumulative frequencies (N, L + 1)."""

    def decode_cdf(self, cdf: Any, stream: bytes) -> Any:
        """Decode N symbols from a stream: an int16 tensor."""


def load_backend(before_build: Callable[[], None] | None = None) -> TorchacBackend:
    """Load the backend, building it if this user has none yet (about 20 seconds).

    Args:
        before_build: Called before a build, not when the backend is there already.

    Raises:
        MissingDependencyError: torch, torchac, ninja or a C++ compiler is missing, or they do not work together.
    """
    source = _source_path()
    try:
        import torch
    except (ImportError, OSError) as error:
        raise MissingDependencyError(
            f"torchac needs torch, which cannot be loaded ({error}). {INSTALL_ADVICE}"
        ) from error
    with _build_lock, _library_folder(source, torch.__version__) as folder:
        path = folder / f"{_NAME}{sysconfig.get_config_var('EXT_SUFFIX') or '.so'}"
        if path.exists():
            try:
                return _load(path)
            except MissingDependencyError as error:
                # Left behind by a crash, or by a system that has changed since: it is made again.
                _log.info("%s", error)
        if before_build is not None:
            before_build()
        _build(source, path)
        return _load(path)


def _source_path() -> Path:
    spec = importlib.util.find_spec("torchac")
    if spec is not None and spec.origin is not None:
        path = Path(spec.origin).parent / "backend" / "torchac_backend.cpp"
        if path.is_file():
            return path
    raise MissingDependencyError(f"The package torchac is not installed. {INSTALL_ADVICE}")


@contextlib.contextmanager
def _library_folder(source: Path, torch_version: str) -> Iterator[Path]:
    """Where the library for exactly this source, torch, Python and machine is kept, or for this process only."""
    identity = [torch_version, sys.version, platform.machine(), hashlib.sha256(source.read_bytes()).hexdigest()]
    digest = hashlib.sha256("\n".join(identity).encode()).hexdigest()[:16]
    kept = cache_directory()
    if kept is not None:
        yield kept / "torchac" / digest
        return
    # A library that was loaded may be removed, except on Windows, where its folder stays.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _build(source: Path, path: Path) -> None:
    """Compile in a folder of our own, then copy the result into place: a build that dies leaves nothing behind."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.TemporaryDirectory(dir=path.parent) as folder,
            _ninja_on_path(),
            _silence(),
        ):
            from torch.utils import cpp_extension

            module = cpp_extension.load(
                name=_NAME,
                sources=[str(source)],
                extra_cflags=["/O2"] if sys.platform == "win32" else ["-O3"],
                build_directory=folder,
                verbose=False,
            )
            # The loaded library may not be moved (Windows), so its bytes are written anew.
            write_atomically(path, Path(str(module.__file__)).read_bytes())
    except (RuntimeError, OSError, OutputError, ImportError) as error:
        _log.info("Building torchac's backend failed: %s", error)
        raise MissingDependencyError(
            f"torchac's C++ part could not be compiled ({_reason(error)}). {INSTALL_ADVICE}"
        ) from error


def _reason(error: Exception) -> str:
    """One line of what a build said: the compiler's first error, before which stand pages of commands."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return next((line for line in lines if "error:" in line), lines[0]).strip()


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep torch's remarks away: imported with a build for CUDA, its compiling misses a device, which is not needed."""
    logger = logging.getLogger("torch.utils.cpp_extension")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logger.setLevel(before)


@contextlib.contextmanager
def _ninja_on_path() -> Iterator[None]:
    """Let torch find the ninja that pip installed beside this Python, also when its environment is not activated."""
    before = os.environ.get("PATH", "")
    if shutil.which("ninja") is None:
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _load(path: Path) -> TorchacBackend:
    loader = importlib.machinery.ExtensionFileLoader(_NAME, str(path))
    spec = importlib.util.spec_from_file_location(_NAME, path, loader=loader)
    if spec is None:
        raise MissingDependencyError(f"{path} cannot be loaded; delete it and try again. {INSTALL_ADVICE}")
    try:
        module: ModuleType = importlib.util.module_from_spec(spec)
        loader.exec_module(module)
    except (ImportError, OSError) as error:
        raise MissingDependencyError(
            f"{path} cannot be loaded ({error}); delete it and try again. {INSTALL_ADVICE}"
        ) from error
    return cast(TorchacBackend, module)
