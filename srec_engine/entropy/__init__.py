"""Integer distributions and the range coder.

Two implementations of one bitstream, torchac's: `TorchacCoder` (torchac itself, the reference) and `NumbaCoder` (fast,
needs no compiler). `choose_coder` takes the one that works. Importing this package loads neither numba nor torch.
"""

from __future__ import annotations

from srec_engine.entropy.choice import CODER_NAMES, choose_coder
from srec_engine.entropy.steps import CodedStream, EntropyCoder, PixelStep, RemainderStep
from srec_engine.entropy.tables import DistributionTables, default_tables

__all__ = [
    "CODER_NAMES",
    "CodedStream",
    "DistributionTables",
    "EntropyCoder",
    "PixelStep",
    "RemainderStep",
    "choose_coder",
    "default_tables",
]
