"""What a source file holds beside its pixels: an account of every byte, one reader of structure for each format.

No pixels are read here, and no library: what comes in is hostile, and what is not wholly known raises
`UnaccountedError`, upon which the file is kept as its bytes.
"""

from __future__ import annotations

from srec_engine.accounts.account import Account, Filling, Part, PartKind, Raster, UnaccountedError
from srec_engine.accounts.registry import ACCOUNTED_FORMATS, account_of
from srec_engine.accounts.skeleton import Skeleton, pack_skeleton, parse_skeleton, skeleton_of

__all__ = [
    "ACCOUNTED_FORMATS",
    "Account",
    "Filling",
    "Part",
    "PartKind",
    "Raster",
    "Skeleton",
    "UnaccountedError",
    "account_of",
    "pack_skeleton",
    "parse_skeleton",
    "skeleton_of",
]
