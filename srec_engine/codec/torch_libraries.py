"""Loading torch so that it freezes neither the other threads of the process nor, on a busy machine, itself.

`import torch` loads hundreds of megabytes of libraries while it holds the interpreter's lock, for seconds on a busy
machine, and a window that shares the process freezes for that long. The system's own loader, called through ctypes,
releases the lock; the import that follows finds the libraries in place.

Threads of OpenMP that wait for each other spin by default. Where other programs need the processor, they spin while the
thread they wait for has none: a picture of one tile took 25 times longer beside two busy programs.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

__all__ = ["let_waiting_threads_sleep", "load_torch_libraries"]

_LIBRARIES = ("libtorch_cpu.so", "libtorch.so", "libtorch_python.so")


def let_waiting_threads_sleep() -> None:
    """Choose how OpenMP's threads wait, unless the person has; of use before torch is loaded only."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def load_torch_libraries() -> None:
    """Load torch's libraries where that helps (Linux); harmless when they are loaded, elsewhere, or when it fails."""
    let_waiting_threads_sleep()
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
