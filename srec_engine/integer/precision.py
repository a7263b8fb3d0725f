"""Whether somebody in this process lets torch replace float32 by narrower numbers."""

from __future__ import annotations

import torch

__all__ = ["narrower_numbers_allowed"]

_OPERATIONS = (("mkldnn", "conv"), ("mkldnn", "matmul"), ("cuda", "matmul"))
"""What the kernels here call, by torch's names for libraries and operations."""

_FULL = frozenset({"none", "ieee"})


def narrower_numbers_allowed() -> bool:
    """Whether TF32 or bfloat16 may be used for what is given in float32. The switches are read, never changed."""
    # The public properties refuse to answer once a program has used both torch's older switches and its newer ones.
    precision = getattr(torch._C, "_get_fp32_precision_getter", None)  # noqa: SLF001
    if precision is None:  # torch 2.8
        return torch.get_float32_matmul_precision() != "highest" or bool(torch.backends.cuda.matmul.allow_tf32)
    return any(precision(*operation) not in _FULL for operation in _OPERATIONS)
