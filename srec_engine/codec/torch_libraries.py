"""Loading torch without freezing the other threads of the process.

`import torch` loads hundreds of megabytes of libraries while it holds the interpreter's lock, for seconds on a busy
machine, and a window that shares the process freezes for that long. The system's own loader, called through ctypes,
releases the lock; the import that follows finds the libraries in place.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

__all__ = ["load_torch_libraries"]

_LIBRARIES = ("libtorch_cpu.so", "libtorch.so", "libtorch_python.so")


def load_torch_libraries() -> None:
    """Load torch's libraries where that helps (Linux); harmless when they are loaded, elsewhere, or when it fails."""
    if "torch" in sys.modules or not sys.platform.startswith("linux"):
        return
    specification = importlib.util.find_spec("torch")
    if specification is None or specification.origin is None:
        return
    folder = Path(specification.origin).parent / "lib"
    process = ctypes.CDLL(None)
    if not hasattr(process, "dlopen"):
        return
    process.dlopen.restype = ctypes.c_void_p
    for name in _LIBRARIES:
        path = folder / name
        if path.exists():
            process.dlopen(os.fsencode(path), os.RTLD_NOW)
