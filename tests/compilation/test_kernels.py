"""Functions that become a part of kernels, and kernels."""

from __future__ import annotations

import pytest

from srec_engine.compilation.kernels import inlined, integer, kernel


@inlined
def doubled(value: int) -> int:
    return 2 * integer(value)


@kernel
def quadrupled(value: int) -> int:
    return doubled(doubled(value))


def test_a_part_of_kernels_says_so_when_it_is_called_from_outside() -> None:
    """It has no wrapper to be called by, and numba would jump there."""
    with pytest.raises(TypeError, match="doubled is a part of kernels"):
        doubled(3)
    assert quadrupled(3) == 12
    with pytest.raises(TypeError, match="doubled is a part of kernels"):
        doubled(3)
