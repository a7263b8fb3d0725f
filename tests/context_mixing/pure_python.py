"""Codes hard coefficients without compiling anything, where every number that leaves its type is an error.

Prints a digest of what was coded. Run in a process of its own: numba reads NUMBA_DISABLE_JIT once.
"""

from __future__ import annotations

import hashlib
import os
import sys
import warnings

COMPILED = sys.argv[1:] == ["compiled"]
if not COMPILED:
    os.environ["NUMBA_DISABLE_JIT"] = "1"

import numpy as np  # noqa: E402 - numba, which comes with what follows, must find the variable

from srec_engine.context_mixing import EMPTY_TABLES, decode_coefficients, encode_coefficients  # noqa: E402
from tests.context_mixing.planes import extreme, natural, shapes_of  # noqa: E402


def main() -> None:
    """Code and decode each; print what it became."""
    if not COMPILED:
        warnings.simplefilter("error")
        np.seterr(all="raise")
    for make in (natural, extreme):
        for sampling, step in (([(2, 2), (1, 1), (1, 1)], 1), ([(1, 1)] * 4, 65000)):
            shapes = shapes_of(2, 1, sampling, step)
            components = make(shapes)
            packed = encode_coefficients(components, shapes, tables=EMPTY_TABLES)
            again = decode_coefficients(packed, shapes, "it")
            same = all(np.array_equal(one, other) for one, other in zip(components, again.components, strict=True))
            sys.stdout.write(f"{make.__name__} {step} {same} {hashlib.sha256(packed).hexdigest()}\n")


main()
