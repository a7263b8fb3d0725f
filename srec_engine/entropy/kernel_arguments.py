"""Steps and tables in the form that kernels take. Importing it imports numba."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from srec_engine.entropy.kernel_types import (
    AbsolutePixelArrays,
    AnyPixelArrays,
    PixelArrays,
    RemainderArrays,
    TableArrays,
)
from srec_engine.entropy.steps import PixelStep, RemainderStep
from srec_engine.entropy.tables import DistributionTables

__all__ = ["pixel_arrays", "read_only", "remainder_arrays", "table_arrays"]


def table_arrays(tables: DistributionTables) -> TableArrays:
    """Tables as kernels take them."""
    return TableArrays(tables.sigmoid, tables.exponential, tables.inverse_scale, tables.log_scale_minimum)


def pixel_arrays(step: PixelStep) -> AnyPixelArrays:
    """A step of pixels as kernels take it: their type says which kind of means it has."""
    unrolled = (0,) * step.components
    if step.linear is None:
        return AbsolutePixelArrays(step.parameters, step.remaining, step.left, step.height, step.width, unrolled)
    return PixelArrays(step.parameters, step.linear, step.remaining, step.left, step.height, step.width, unrolled)


def remainder_arrays(step: RemainderStep) -> RemainderArrays:
    """A step of remainders as kernels take it."""
    return RemainderArrays(step.logits, step.couplings, step.low_resolution, step.height, step.width)


def read_only(values: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """A view (a copy if it must be) of the one kind that kernels are compiled for."""
    view = np.require(values, requirements=["C", "A"]).view()
    view.flags.writeable = False
    return view
