"""What was found out about this machine, kept between runs until anything that could change it changes."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import logging
import os
import platform
import sys
from pathlib import Path

import torch

from srec_engine.atomic import write_atomically
from srec_engine.compilation.cache_directory import cache_directory
from srec_engine.errors import OutputError

__all__ = ["AdmissionMemory"]

_log = logging.getLogger(__name__)

_LIBRARIES = ("torch", "numpy", "numba", "llvmlite", "torchac", "srec-desktop")

_SWITCHES = ("ONEDNN_", "DNNL_", "MKL_", "ATEN_", "TORCH", "PYTORCH_", "CUDA_", "CUBLAS_", "NVIDIA_", "NUMBA_")
"""Beginnings of the environment variables that libraries take as switches."""

_OWN_SOURCES = ("integer", "entropy", "codec", "model", "network/inputs.py", "pyramid.py")
"""Our own code that computes what coders are given, or decides about it."""

_CUDA_LIBRARIES = ("nvidia-cublas", "nvidia-cublas-cu12", "nvidia-cudnn-cu12", "nvidia-cudnn-cu13")
"""What a build of torch with CUDA finds beside itself."""

MOST_BYTES = 1 << 16
"""An answer is shorter."""


class AdmissionMemory:
    """Answers about one device, by question. Where nothing can be kept, everything is found out anew.

    Args:
        device: The device.
    """

    def __init__(self, device: torch.device) -> None:
        folder = cache_directory()
        facts = None if folder is None else _device_facts(device)
        self._folder = None if folder is None or facts is None else folder / "admission"
        self._facts = [*_surroundings(), *(facts or [])]

    def recall(self, *question: str) -> str | None:
        """What `remember` was told for the same question; None where that is not known."""
        path = self._path(question)
        if path is None:
            return None
        try:
            with path.open("rb") as file:
                checksum, _, answer = file.read(MOST_BYTES).decode().partition("\n")
        except (OSError, ValueError):
            return None
        return answer if checksum == _checksum(answer) else None

    def remember(self, answer: str, *question: str) -> None:
        """Keep an answer for the next process."""
        path = self._path(question)
        if path is None:
            return
        try:
            write_atomically(path, f"{_checksum(answer)}\n{answer}".encode())
        except OutputError as error:
            _log.info("What was found out about this machine cannot be kept: %s", error)

    def _path(self, question: tuple[str, ...]) -> Path | None:
        if self._folder is None:
            return None
        key = json.dumps([*self._facts, *question]).encode()
        return self._folder / f"{hashlib.sha256(key).hexdigest()[:40]}.txt"


def _checksum(answer: str) -> str:
    return hashlib.sha256(answer.encode()).hexdigest()


@functools.cache
def _surroundings() -> tuple[str, ...]:
    """The processor, the libraries, their switches in the environment, and our own code."""
    switches = [f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith(_SWITCHES)]
    return (
        *(f"{name} {_version(name)}" for name in _LIBRARIES),
        sys.version,
        torch.__config__.show(),
        platform.machine(),
        _processor(),
        *switches,
        _own_code(),
    )


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _processor() -> str:
    """What the processor is and can do: a home folder may be shared between machines."""
    wanted = ("model name", "flags", "Features", "CPU part", "microcode")
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").partition("\n\n")[0].splitlines()
        return "\n".join(line for line in lines if line.startswith(wanted))
    except OSError:
        return f"{platform.processor()} {platform.node()}"


def _own_code() -> str:
    """Digest of our own sources; of a program in one file, when that was made."""
    if getattr(sys, "frozen", False):
        status = Path(sys.executable).stat()
        return f"{status.st_size} {status.st_mtime_ns}"
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for name in _OWN_SOURCES:
        place = package / name
        for path in sorted(place.glob("*.py")) if place.is_dir() else [place]:
            digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def _device_facts(device: torch.device) -> list[str] | None:
    """What a device is; None where that cannot be told well enough to remember anything about it."""
    if device.type == "cpu":
        return ["cpu", str(torch.backends.mkldnn.enabled)]
    if device.type == "cuda":
        about = torch.cuda.get_device_properties(device)
        libraries = [_version(name) for name in _CUDA_LIBRARIES]
        return [str(about), str(torch.version.cuda), str(torch.version.hip), *libraries]
    return None
