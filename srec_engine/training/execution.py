"""How a run uses the machine it is on. None of it belongs to the run: another machine may continue it otherwise."""

from __future__ import annotations

import ctypes
import logging
import sys
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from srec_engine.errors import ModelError

__all__ = ["Execution", "compiled", "has_bfloat16", "keep_freed_memory", "usable_device"]

logger = logging.getLogger(__name__)

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Numbers of glibc's `mallopt`."""

_KEPT_AT_MOST = 1 << 30
"""Bytes that may lie free before the system gets some back."""

_LARGEST_MMAP_THRESHOLD = 32 << 20
"""Larger values glibc refuses; larger blocks always come from the system and go back to it."""


@dataclass(frozen=True, slots=True)
class Execution:
    """What a machine is told besides the run itself.

    Attributes:
        compile_mode: A mode of `torch.compile` ("default", "reduce-overhead", "max-autotune"), or "" for none.
        threads: Threads that make batches ahead.
        hold_on_device: Whether images are held and cropped on a GPU when they fit.
    """

    compile_mode: str = ""
    threads: int = 1
    hold_on_device: bool = True


def usable_device(name: str) -> torch.device:
    """The device of a name such as "cpu", "cuda:1" or "mps".

    Raises:
        ModelError: When torch does not know it or cannot use it on this machine.
    """
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).item()
    except (RuntimeError, AssertionError, NotImplementedError, ImportError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise ModelError(f"The device {name!r} cannot be used here ({reason}). Choose another, such as cpu.") from error
    return device


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device computes in bfloat16 itself, and does not do the work of float32 for fewer bits."""
    if device.type == "cuda":
        with torch.cuda.device(device):
            return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        return bool(torch.cpu._is_avx512_bf16_supported())  # noqa: SLF001 - torch tells it nowhere else
    return True


def compiled(module: nn.Module, example: Tensor, mode: str, bfloat16: bool) -> nn.Module:
    """`module` compiled, or as it is where that does not work (no compiler, an unknown device).

    Args:
        module: Maps images to bits.
        example: A batch of the shape it will see.
        mode: Of `torch.compile`.
        bfloat16: Whether it will run under autocast.
    """
    if not mode:
        return module
    try:
        faster: nn.Module = torch.compile(module, mode=mode)  # type: ignore[assignment]
        with torch.autocast(example.device.type, torch.bfloat16, enabled=bfloat16):
            bits: Tensor = faster(example)
        bits.sum().backward()  # type: ignore[no-untyped-call]
    except (RuntimeError, ImportError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[:1] or [type(error).__name__]
        logger.warning("torch.compile does not work here (%s). Training goes on without it, more slowly.", reason[0])
        faster = module
    module.zero_grad(set_to_none=True)
    return faster


def keep_freed_memory() -> None:
    """Let this process keep memory that it frees, for the next step's tensors (glibc; elsewhere nothing happens).

    As it is, glibc gives the memory back in each backward pass, and the system hands out new pages, filled with zeros,
    in each forward pass: a tenth of a step on a CPU.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, _KEPT_AT_MOST)
        mallopt(_MMAP_THRESHOLD, _LARGEST_MMAP_THRESHOLD)
